using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Demo;

/// <summary>How the demo speaks: numbered chapters, indented lines, ticks.</summary>
internal sealed class DemoScreen(IAnsiConsole console)
{
    private int chapter;

    public IAnsiConsole Console => console;

    public void Title(string text)
    {
        console.Line(text, "bold");
    }

    public void Chapter(string text)
    {
        console.Line();
        console.Write($"{++chapter}  ", Style.Parse("bold cyan"));
        console.Line(text, "bold");
    }

    public void Say(string text, string? style = null) => console.Line("   " + text, style);

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
