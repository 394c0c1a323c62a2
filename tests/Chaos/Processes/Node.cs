using System.Diagnostics;
using System.Globalization;

namespace Mano.Chaos.Processes;

/// <summary>How a process is started and when it is up.</summary>
/// <param name="Name">Unique in a run: <c>meo-1</c>, <c>edge-a-mepm</c>.</param>
/// <param name="Command">Program and arguments; told how often it was started before.</param>
/// <param name="Up">Waits until it serves; told its standard output. Throws when it never will.</param>
internal sealed record NodeSpec(string Name, Func<int, IReadOnlyList<string>> Command, Func<StreamReader, CancellationToken, Task> Up)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>One process of the system under test: started, killed, paused, started again; noticed when it dies by itself.</summary>
internal sealed class Node(NodeSpec spec, string logFile, string run) : IDisposable
{
    /// <summary>A stop waits for the last calls, five seconds at most; the rest is for a machine that does other things too.</summary>
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly List<string> deaths = [];
    private Process? process;
    private bool killed;
    private int starts;

    public string Name => spec.Name;

    public string LogFile => logFile;

    public bool IsRunning => process is { HasExited: false };

    /// <summary>Times it ended without being told to, each in one sentence.</summary>
    public IReadOnlyList<string> Deaths
    {
        get
        {
            lock (deaths)
            {
                return [.. deaths];
            }
        }
    }

    /// <summary>The slowest start so far, from fork to serving.</summary>
    public TimeSpan SlowestStart { get; private set; }

    public int Starts => starts;

    /// <summary>Largest resident memory seen, in MiB.</summary>
    public long PeakMemoryMib { get; private set; }

    /// <summary>Starts it, and waits until it serves or was killed meanwhile.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            Noticed();
            var begun = TimeProvider.System.GetTimestamp();
            process = Launch();
            await Serving(process, cancel);
            var took = TimeProvider.System.GetElapsedTime(begun);
            SlowestStart = took > SlowestStart ? took : SlowestStart;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>SIGKILL, also while it starts; waits until it is gone.</summary>
    public void Kill()
    {
        if (process is { HasExited: false } running)
        {
            Weigh();
            killed = true;
            Signals.Send(running.Id, Signals.Kill);
            running.WaitForExit();
        }
    }

    /// <summary>SIGTERM; it has to end by itself, in time and with 0. If it does not, that is noted as a death that nobody ordered.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (process is not { HasExited: false } running)
        {
            return;
        }

        Weigh();
        killed = true;
        Signals.Send(running.Id, Signals.Terminate);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(LongestStop);
        await running.WaitForExitAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        if (running is { HasExited: true, ExitCode: 0 })
        {
            return;
        }

        Note(running.HasExited ? $"was asked to stop and ended with {running.ExitCode}" : $"was asked to stop and had not ended after {LongestStop.TotalSeconds} s");
        Kill();
    }

    public void Pause() => Signal(Signals.Stop);

    public void Continue() => Signal(Signals.Continue);

    /// <summary>Reads its memory, while it lives.</summary>
    public void Weigh()
    {
        try
        {
            var line = process is { HasExited: false } running
                ? File.ReadLines($"/proc/{running.Id}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)) : null;
            if (line is not null)
            {
                var kib = long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
                PeakMemoryMib = Math.Max(PeakMemoryMib, kib / 1024);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended between two looks.
        }
    }

    /// <summary>Notes a death that nobody ordered. Called before each start and by the run's watch.</summary>
    public void Noticed()
    {
        if (process is { HasExited: true } ended && !killed)
        {
            Note($"ended by itself with {ended.ExitCode}");
            killed = true; // said once
        }
    }

    public void Dispose()
    {
        Noticed();
        Kill();
        process?.Dispose();
        gate.Dispose();
    }

    private void Note(string what)
    {
        lock (deaths)
        {
            deaths.Add($"{Name} {what} (start {starts}); its log: {logFile}");
        }
    }

    private Process Launch()
    {
        // The shell is replaced by the program: same id, its errors appended to the log without passing through us.
        string[] arguments = ["-c", "exec \"$@\" 2>>\"$0\"", logFile, .. spec.Command(starts++)];
        var start = new ProcessStartInfo("/bin/sh", arguments) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        start.Environment[Keeper.Mark] = run;
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        killed = false;
        return Process.Start(start)!;
    }

    private async Task Serving(Process started, CancellationToken cancel)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var exit = started.WaitForExitAsync(gone.Token);
        var up = spec.Up(started.StandardOutput, gone.Token);
        await Task.WhenAny(up, exit);
        cancel.ThrowIfCancellationRequested();
        var wasKilled = killed;
        await gone.CancelAsync();
        if (up.IsCompletedSuccessfully)
        {
            _ = started.StandardOutput.ReadToEndAsync(CancellationToken.None);
        }
        else if (!wasKilled)
        {
            await Quietly(up);
            throw new InvalidOperationException($"{Name} did not start:\n{LogFiles.Tail(logFile, 30)}", up.Exception);
        }
        else
        {
            await Quietly(up);
        }
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Signal(int signal)
    {
        if (process is { HasExited: false } running)
        {
            Signals.Send(running.Id, signal);
        }
    }
}
