using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Tests;

/// <summary>What a run of the command printed, and its exit code.</summary>
internal sealed record CommandRun(int Code, string Out, string Err)
{
    public ExitCode Exit => (ExitCode)Code;

    /// <summary>Runs the command in this process, as a shell would, with nothing taken from this process' environment.</summary>
    /// <param name="folder">The current folder; one that does not exist holds no <c>mano up</c>.</param>
    /// <param name="path">What PATH says; null: not set.</param>
    /// <param name="meo">What MANO_MEO says; null: not set.</param>
    /// <param name="input">What is on standard input.</param>
    public static async Task<CommandRun> Of(string[] args, string? folder = null, string? meo = null, string? path = null, string input = "")
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await ManoCommand.RunAsync(args, Nowhere() with
        {
            Out = Consoles.Create(output, redirected: true),
            Err = Consoles.Create(error, redirected: true),
            RawOut = output,
            In = new StringReader(input),
            Folder = folder ?? "/nonexistent",
            Variable = name => name switch
            {
                "MANO_MEO" => meo,
                "MANO_HOME" => null,
                "PATH" => path,
                "XDG_RUNTIME_DIR" => "/proc",
                _ => null,
            },
        });
        return new CommandRun(code, output.ToString(), error.ToString());
    }

    public static Surroundings Nowhere() => new()
    {
        Out = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }),
        Err = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) }),
        RawOut = TextWriter.Null,
        In = TextReader.Null,
        IsInteractive = false,
        Variable = _ => null,
        Folder = "/nonexistent",
    };

    public override string ToString() => $"exit {Code}\n--- out\n{Out}\n--- err\n{Err}";
}
