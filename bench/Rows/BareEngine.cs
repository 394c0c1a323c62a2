using System.ComponentModel;
using System.Diagnostics;

namespace Mano.Bench.Rows;

/// <summary>A dockerd of the row's own, in namespaces of its own, and the docker command that drives it without us.</summary>
internal sealed class BareEngine : IAsyncDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"mano-engine-bench-{Environment.ProcessId}");
    private Process script = null!;

    public string Socket => $"unix://{folder}/engine.sock";

    /// <summary>It, or what it needs and is missing here.</summary>
    public static async Task<(BareEngine? Engine, string Missing)> StartAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return (null, "root, to run dockerd in namespaces of its own");
        }

        var engine = new BareEngine();
        try
        {
            await engine.DockerAsync("--version");
            engine.script = Process.Start(new ProcessStartInfo("bash", ["tests/testbed/engine/run", "dockerd", engine.folder])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            return (null, "the docker command");
        }

        _ = engine.script.StandardError.ReadToEndAsync();
        while (await engine.script.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                return (engine, "");
            }
        }

        await engine.DisposeAsync();
        return (null, "a dockerd that comes up");
    }

    /// <summary>Runs the docker command against it, which must succeed, and returns what it prints.</summary>
    public async Task<string> DockerAsync(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", ["-H", Socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = docker.StandardError.ReadToEndAsync();
        var text = await docker.StandardOutput.ReadToEndAsync();
        await docker.WaitForExitAsync();
        return docker.ExitCode == 0 ? text.Trim() : throw new InvalidOperationException($"docker {string.Join(' ', arguments)}: {await error}");
    }

    public async ValueTask DisposeAsync()
    {
        script.StandardInput.Close();
        await script.WaitForExitAsync();
        script.Dispose();
    }
}
