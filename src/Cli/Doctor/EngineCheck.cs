using Mano.VimAdapters.LocalContainers;

namespace Mano.Cli.Doctor;

/// <summary>Whether applications can run as containers here. Only the LocalContainers VIM needs an engine.</summary>
internal static class EngineCheck
{
    private const string What = "containers";

    public static async Task<Finding> AskAsync(string socket, TimeProvider clock, CancellationToken stop)
    {
        if (!(await EngineProbe.AskAsync(socket, clock, stop)).TryGet(out var engine, out var why))
        {
            return Finding.Warn(What, why.Message, "Applications cannot run as containers (--vim local-containers); as processes they can.", Mend(socket, why.Reason));
        }

        return engine.Lacks.Count == 0
            ? Finding.Ok(What, $"{engine.Name} at {socket}")
            : Finding.Warn(What, $"{engine.Name} at {socket}: {string.Join("; ", engine.Lacks)}", "Applications run as containers, with less protection.", "See docs/how-to/use-containers.md.");
    }

    private static string Mend(string socket, string reason) => reason switch
    {
        "VIM_FORBIDDEN" => "Run as root, or join the socket's group (usually docker), which is as good as root.",
        "VIM_ENGINE_API" => "Install another release of the engine, or name another engine: --engine unix:///run/podman/podman.sock",
        "VIM_OPTIONS" => $"Name a socket: --engine {LocalContainersOptions.UsualSocket}",
        _ when socket == LocalContainersOptions.UsualSocket =>
            "Install and start one: apt-get install --no-install-recommends docker.io. Podman: podman system service --time 0 unix:///run/podman/podman.sock, and --engine with that name.",
        _ => "Start the engine, or name where it listens: --engine SOCKET",
    };
}
