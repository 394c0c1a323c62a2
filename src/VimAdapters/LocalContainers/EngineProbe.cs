using Mano.Mesh.Failures;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>A container engine as it is found, for people who set a machine up.</summary>
/// <param name="Name">With its version: <c>dockerd 20.10.24</c>.</param>
/// <param name="Lacks">What it cannot do here, and what follows; empty: nothing is missing.</param>
public sealed record EngineReport(string Name, IReadOnlyList<string> Lacks);

/// <summary>Whether a container engine can be used from here, without leaving anything in it.</summary>
public static class EngineProbe
{
    private const string UnixScheme = "unix://";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Asks the engine at a socket, <c>unix:///var/run/docker.sock</c>, what it is.</summary>
    /// <returns>What it is, or in one sentence why it cannot be used: not there, not permitted, another API.</returns>
    public static async Task<Outcome<EngineReport>> AskAsync(string socket, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!socket.StartsWith(UnixScheme + "/", StringComparison.Ordinal))
        {
            return Failure.InvalidInput("VIM_OPTIONS", $"'{socket}' is not a unix socket; something like {LocalContainersOptions.UsualSocket} would be right.", LocalContainersVim.AdapterName);
        }

        var options = new LocalContainersOptions { Socket = socket };
        using var connection = new EngineConnection(socket[UnixScheme.Length..], Patience, clock);
        using var engine = new EngineClient(connection, options);
        try
        {
            var (name, isPodman, info) = await EngineFacts.NameAsync(engine, cancellationToken);
            return new EngineReport(name, [.. Lacks(info, isPodman)]);
        }
        catch (EngineRefusedException e)
        {
            return EngineFailures.General(e);
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
    }

    private static IEnumerable<string> Lacks(EngineInfo info, bool isPodman)
    {
        (bool Has, string Otherwise)[] wanted =
        [
            (info.MemoryLimit, "memory is not limited (no memory control group)"),
            (info.CpuCfsQuota, "CPU is not limited (no cpu control group)"),
            (info.PidsLimit, "processes are not counted (no pids control group)"),
            (isPodman || info.LiveRestoreEnabled, "applications end when dockerd is restarted (\"live-restore\": true in /etc/docker/daemon.json changes that)"),
        ];
        return wanted.Where(w => !w.Has).Select(w => w.Otherwise);
    }
}
