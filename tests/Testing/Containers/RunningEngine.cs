using System.Diagnostics;
using System.Threading.Channels;

namespace Mano.Testing.Containers;

/// <summary>
/// A real engine in namespaces of its own (tests/testbed/engine/run), which ends with everything it made when this
/// process closes its standard input, or dies.
/// </summary>
public abstract class RunningEngine(string program) : IAsyncLifetime
{
    private readonly Channel<string> said = Channel.CreateUnbounded<string>();
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"mano-engine-{program}-{Environment.ProcessId}-{TimeProvider.System.GetTimestamp():x}");
    private Process? process;

    /// <summary>Why there is none here; null: there is.</summary>
    public static string? MissingOf(string program) =>
        !OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess ? $"only root can run {program} in namespaces of its own"
        : !new[] { "/usr/sbin", "/usr/bin", "/usr/local/bin" }.Any(f => File.Exists(Path.Combine(f, program))) ? $"{program} is not installed: tests/install installs it"
        : ContainerArchives.BusyBox is null ? "busybox is not installed: tests/install installs busybox-static"
        : null;

    public string Socket => $"unix://{folder}/engine.sock";

    /// <summary>The first process of the engine's namespaces.</summary>
    public int Pid { get; private set; }

    public string Log => File.Exists($"{folder}/engine.log") ? File.ReadAllText($"{folder}/engine.log") : "";

    public async Task InitializeAsync()
    {
        if (MissingOf(program) is not null)
        {
            return;
        }

        var script = Path.Combine(Repository.Folder, "tests", "testbed", "engine", "run");
        await Process.Start("bash", [script, "sweep"]).WaitForExitAsync();
        process = Process.Start(new ProcessStartInfo("bash", [script, program, folder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data is null ? null : "error: " + line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Pid = int.Parse((await SaysAsync("pid "))[4..], System.Globalization.CultureInfo.InvariantCulture);
        await SaysAsync("ready ");
    }

    /// <summary>SIGKILL; its containers are left to it.</summary>
    public Task KillAsync() => OrderAsync("kill");

    public Task StartAsync() => OrderAsync("start");

    /// <summary>SIGSTOP: it takes connections and answers nothing.</summary>
    public Task FreezeAsync() => OrderAsync("freeze");

    public Task ThawAsync() => OrderAsync("thaw");

    /// <summary>What a command begins with that is to run in the engine's network.</summary>
    public IReadOnlyList<string> InNetwork => ["nsenter", "-t", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture), "-n"];

    /// <summary>What the engine answers to a request, past every part of ours.</summary>
    public async Task<string> AskAsync(string path, string method = "GET")
    {
        using var run = Process.Start(new ProcessStartInfo("curl", ["-s", "-g", "-X", method, "--unix-socket", Socket["unix://".Length..], $"http://engine/v1.41/{path}"]) { RedirectStandardOutput = true })!;
        var text = await run.StandardOutput.ReadToEndAsync().Soon(path);
        await run.WaitForExitAsync().Soon();
        return text;
    }

    /// <summary>What a program prints that runs in the engine's network.</summary>
    public async Task<string> InNetworkAsync(params string[] command)
    {
        using var run = Process.Start(new ProcessStartInfo(InNetwork[0], [.. InNetwork.Skip(1), .. command]) { RedirectStandardOutput = true })!;
        var text = await run.StandardOutput.ReadToEndAsync().Soon(string.Join(' ', command));
        await run.WaitForExitAsync().Soon();
        return text;
    }

    public async Task DisposeAsync()
    {
        if (process is null)
        {
            return;
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync().Soon("the engine ends");
        process.Dispose();
        Assert.False(Directory.Exists(folder), $"{folder} was left behind");
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", Path.GetFileName(folder), SearchOption.AllDirectories));
        Assert.DoesNotContain(folder, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    private async Task OrderAsync(string order)
    {
        await process!.StandardInput.WriteLineAsync(order);
        await process.StandardInput.FlushAsync();
        await SaysAsync("done " + order);
    }

    private async Task<string> SaysAsync(string start)
    {
        var all = "";
        while (true)
        {
            string line;
            try
            {
                line = await said.Reader.ReadAsync().AsTask().Soon($"{program} says '{start}'");
            }
            catch (ChannelClosedException)
            {
                throw new InvalidOperationException($"{program} ended before it said '{start}':\n{all}\n{Log}");
            }

            if (line.StartsWith(start, StringComparison.Ordinal))
            {
                return line;
            }

            all += line + "\n";
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            said.Writer.TryComplete();
        }
        else
        {
            said.Writer.TryWrite(line);
        }
    }
}

/// <summary>dockerd, the reference backend.</summary>
public sealed class DockerEngine() : RunningEngine(Name)
{
    public const string Name = "dockerd";
}

/// <summary>Podman's service, the second backend.</summary>
public sealed class PodmanEngine() : RunningEngine(Name)
{
    public const string Name = "podman";
}

/// <summary>A test that needs a real engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute(string program = DockerEngine.Name) => Skip = RunningEngine.MissingOf(program)!;
}

/// <summary>Tests that need a real engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EngineTheoryAttribute : TheoryAttribute
{
    public EngineTheoryAttribute(string program = DockerEngine.Name) => Skip = RunningEngine.MissingOf(program)!;
}
