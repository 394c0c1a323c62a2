using System.Collections.Concurrent;
using System.Diagnostics;

namespace Mano.Testing;

/// <summary>A real process started by a test: its lines are collected, and it never outlives the test.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly TaskCompletionSource outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => this.process = process;

    /// <summary>Every line of standard output so far.</summary>
    public ConcurrentQueue<string> Output { get; } = new();

    /// <summary>Every line of standard error so far.</summary>
    public ConcurrentQueue<string> Errors { get; } = new();

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>Starts a program of this solution by its assembly, with the SDK's own dotnet.</summary>
    public static ChildProcess StartDotnet(string assembly, params string[] arguments) =>
        Start(Environment.ProcessPath is { } self && Path.GetFileNameWithoutExtension(self) == "dotnet" ? self : "dotnet", [assembly, .. arguments]);

    public static ChildProcess Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += (_, line) => child.Take(line.Data);
        child.process.ErrorDataReceived += (_, line) => child.TakeError(line.Data);
        child.process.Start();
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>A line for the process to read.</summary>
    public Task WriteLine(string line) => process.StandardInput.WriteLineAsync(line);

    /// <summary>SIGKILL, then every line it still wrote.</summary>
    public async Task Kill()
    {
        process.Kill(entireProcessTree: false);
        await WaitForExit();
    }

    /// <summary>The exit code, once all output has been read. A whole demo takes most of half a minute when nothing else runs.</summary>
    public async Task<int> WaitForExit()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
        await outputEnded.Task.Soon("end of output");
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().Soon();
        }

        process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            outputEnded.TrySetResult();
            return;
        }

        Output.Enqueue(line);
    }

    private void TakeError(string? line)
    {
        if (line is not null)
        {
            Errors.Enqueue(line);
        }
    }
}
