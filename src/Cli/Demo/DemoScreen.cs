using Mano.Cli.Placements;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Spectre.Console;

namespace Mano.Cli.Demo;

/// <summary>How the demo speaks: numbered chapters, indented lines, ticks.</summary>
internal sealed class DemoScreen(IAnsiConsole console)
{
    private const int Indent = 3;

    private int chapter;

    public IAnsiConsole Console => console;

    public void Title(string text) => console.Line(text, "bold");

    public void Chapter(string text)
    {
        console.Line();
        console.Write($"{++chapter}  ", Style.Parse("bold cyan"));
        console.Line(text, "bold");
    }

    /// <summary>Indented, also where a terminal is too narrow and the line goes on below.</summary>
    public void Say(string text, string? style = null)
    {
        if (console.CanRedraw())
        {
            console.Write(new Padder(new Text(text, style is null ? Style.Plain : Style.Parse(style)), new Padding(Indent, 0, 0, 0)));
        }
        else
        {
            console.Line(new string(' ', Indent) + text);
        }
    }

    public void Placement(PlacementDecision decision)
    {
        PlacementView.ShowHosts(console, decision, Indent);
        Say(PlacementView.Conclusion(decision), "green");
    }

    /// <summary>What another sees, quoted.</summary>
    public void Quote(string text)
    {
        foreach (var line in text.TrimEnd().Split('\n'))
        {
            console.Write("   │ ", Style.Parse("grey"));
            console.Line(line, "cyan");
        }
    }

    public void Tick(string text, bool holds, string? found = null)
    {
        console.Write(holds ? "   ✓ " : "   ✗ ", Style.Parse(holds ? "green" : "bold red"));
        console.Line(found is null ? text : $"{text} - but: {found}");
    }
}
