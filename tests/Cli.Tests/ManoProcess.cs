using System.Diagnostics;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>The command as a real process, from its built output, in a folder and an environment of its own.</summary>
internal sealed class ManoProcess : IAsyncDisposable
{
    private readonly ChildProcess child;

    private ManoProcess(ChildProcess child) => this.child = child;

    public string Out => string.Join('\n', child.Output);

    public string Err => string.Join('\n', child.Errors);

    /// <param name="folder">Stands for the user's runtime folder, so that a <c>mano up</c> elsewhere is not found, and for temporary files, so that what it leaves is its own.</param>
    public static ManoProcess Start(TempFolder folder, params string[] arguments) => StartIn(["dotnet"], folder, arguments);

    /// <summary>
    /// An exception that nobody names shows its place: it may not come a second time. A run that was started in the background ignores
    /// interrupts, and so would what it starts.
    /// </summary>
    /// <param name="how">A command that runs an assembly: <c>nsenter -t PID -n dotnet</c>.</param>
    public static ManoProcess StartIn(IReadOnlyList<string> how, TempFolder folder, params string[] arguments) => new(ChildProcess.Start(
        "env", ["--default-signal=INT", .. how, Assembly, .. arguments],
        new Dictionary<string, string> { ["MANO_HOME"] = Repository.Folder, ["XDG_RUNTIME_DIR"] = folder.FullPath, ["TMPDIR"] = folder.FullPath, ["MANO_MEO"] = "", ["TERM"] = "dumb", ["MANO_DEBUG"] = "1" }));

    /// <summary>Runs it to its end.</summary>
    public static Task<CommandRun> Run(TempFolder folder, params string[] arguments) => RunIn(["dotnet"], folder, arguments);

    /// <summary>The same by way of another command.</summary>
    public static async Task<CommandRun> RunIn(IReadOnlyList<string> how, TempFolder folder, params string[] arguments)
    {
        await using var process = StartIn(how, folder, arguments);
        var code = await process.WaitForExit();
        return new CommandRun(code, process.Out, process.Err);
    }

    public Task<int> WaitForExit() => child.WaitForExit();

    /// <summary>Until it printed this, or ended.</summary>
    public async Task WaitFor(string text)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!Out.Contains(text, StringComparison.Ordinal) && !child.HasExited)
        {
            // As patient as with its end: the text may come late in a demo.
            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(2), $"after two minutes still no '{text}' in:\n{Out}\n{Err}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        Assert.True(Out.Contains(text, StringComparison.Ordinal), $"ended without '{text}':\n{Out}\n{Err}");
    }

    /// <summary>As Ctrl-C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -INT {child.Id}"]);
        kill.WaitForExit();
    }

    public void Kill()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -KILL {child.Id}"]);
        kill.WaitForExit();
    }

    public ValueTask DisposeAsync() => child.DisposeAsync();

    private static string Assembly { get; } = Path.Combine(
        Repository.Folder, "src", "Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "mano.dll");
}
