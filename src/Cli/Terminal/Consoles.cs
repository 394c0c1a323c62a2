using Spectre.Console;

namespace Mano.Cli.Terminal;

/// <summary>Makes consoles: colour and live views on a terminal, plain lines everywhere else.</summary>
internal static class Consoles
{
    /// <summary>Lines into a file or a pipe are not wrapped: another program reads them.</summary>
    private const int UnwrappedWidth = 500;

    public static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var dumb = redirected || Environment.GetEnvironmentVariable("TERM") is "dumb" or null or "";
        var colourless = dumb || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = dumb ? AnsiSupport.No : AnsiSupport.Yes,
            ColorSystem = colourless ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = dumb ? InteractionSupport.No : InteractionSupport.Yes,
        });
        if (dumb)
        {
            console.Profile.Width = UnwrappedWidth;
        }

        // Spectre asks the environment once more and would leave box characters out without a UTF-8 locale.
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    /// <summary>Whether a view may be drawn over again in place.</summary>
    public static bool CanRedraw(this IAnsiConsole console) => console.Profile.Capabilities.Interactive && console.Profile.Capabilities.Ansi;

    /// <summary>One line of text, as it is: brackets in it mean nothing.</summary>
    public static void Line(this IAnsiConsole console, string text = "", string? style = null) =>
        console.WriteLine(text, style is null ? Style.Plain : Style.Parse(style));
}
