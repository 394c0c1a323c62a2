using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>
/// How far a compute can be kept apart on this machine, found by trying: what a kernel, a container around us or
/// a missing tool forbids shows in no other way.
/// </summary>
internal sealed record Isolation
{
    /// <summary>Process, mount, IPC and host name namespaces.</summary>
    public required bool Namespaces { get; init; }

    /// <summary>Why not; empty where they are.</summary>
    public string WhyNoNamespaces { get; init; } = "";

    /// <summary>Whether a compute gets a /proc of its own, in which it sees itself alone.</summary>
    public required bool OwnProc { get; init; }

    /// <summary>Whether the namespaces hang on a user namespace, because we are not root.</summary>
    public required bool UserNamespace { get; init; }

    /// <summary>Whether computes can be put under user ids of their own.</summary>
    public required bool OwnUser { get; init; }

    /// <summary>Why not; empty where they can.</summary>
    public string WhyNoOwnUser { get; init; } = "";

    /// <summary>Whether privileges can be taken away for good.</summary>
    public required bool DropsPrivileges { get; init; }

    /// <summary>The options of unshare that make the namespaces.</summary>
    public IReadOnlyList<string> UnshareOptions =>
        [.. UserNamespace ? ["--user", "--map-root-user"] : Array.Empty<string>(), "--fork", "--pid", "--mount", "--ipc", "--uts", "--kill-child"];

    /// <summary>Tries out what this machine allows.</summary>
    public static Isolation Probe(LocalProcessOptions options, Tools tools, bool isRoot)
    {
        var probed = new Isolation { Namespaces = true, OwnProc = true, UserNamespace = !isRoot, OwnUser = false, DropsPrivileges = tools.SetPriv is not null };
        var why = !options.Namespaces ? "switched off by the settings"
            : tools.Unshare is null || tools.Mount is null || tools.SetSid is null ? "unshare, setsid or mount (util-linux) is not installed"
            : "";
        if (why.Length == 0 && !Allows(probed, tools, "mount -t proc proc /proc && mount --bind /tmp /tmp"))
        {
            probed = probed with { OwnProc = false };
            if (!Allows(probed, tools, "mount --bind /tmp /tmp"))
            {
                why = isRoot ? "the kernel, or a container around us, forbids them even to root" : "the kernel, or a container around us, forbids user namespaces";
            }
        }

        probed = probed with { Namespaces = why.Length == 0, OwnProc = probed.OwnProc && why.Length == 0, WhyNoNamespaces = why };
        var whyNoUser = WhyNoOwnUserOf(options, tools, isRoot);
        return probed with { OwnUser = whyNoUser.Length == 0, WhyNoOwnUser = whyNoUser };
    }

    /// <summary>The arguments of setpriv that leave a process with nothing but <paramref name="capabilities"/>.</summary>
    public static IReadOnlyList<string> DropAllBut(int? userId, IReadOnlyList<string> capabilities)
    {
        var kept = string.Concat(capabilities.Select(c => ",+" + c));
        return
        [
            .. userId is { } id ? [$"--reuid={id}", $"--regid={id}", "--clear-groups"] : Array.Empty<string>(),
            "--no-new-privs", $"--inh-caps=-all{kept}", $"--ambient-caps=-all{(userId is null ? "" : kept)}", $"--bounding-set=-all{kept}",
        ];
    }

    /// <summary>What is and is not in force, for the capabilities.</summary>
    public IEnumerable<Enforcement> Notes()
    {
        yield return new("namespaces", Namespaces, Namespaces
            ? $"process, mount, IPC and host name{(UserNamespace ? ", inside a user namespace" : "")}{(OwnProc ? "" : "; /proc is the machine's")}"
            : $"{WhyNoNamespaces}; computes see the machine's processes, and one that hides from its group may outlive its delete");
        yield return new("user", OwnUser, OwnUser ? "each compute has a user id of its own" : WhyNoOwnUser);
        if (!Namespaces)
        {
            yield return new(nameof(VimCapability.RootFsArchives), false, $"a root file system needs a mount namespace: {WhyNoNamespaces}");
        }
    }

    private static bool Allows(Isolation isolation, Tools tools, string trial) =>
        Tools.Succeeds(tools.Unshare!, [.. isolation.UnshareOptions, Tools.Shell, "-c", trial]);

    private static string WhyNoOwnUserOf(LocalProcessOptions options, Tools tools, bool isRoot) =>
        !isRoot ? "the adapter is not root: computes run as its own user"
        : options.FirstUserId == 0 ? "switched off by the settings: computes run as root"
        : tools.SetPriv is null ? "setpriv (util-linux) is not installed: computes run as root"
        : !Tools.Succeeds(tools.SetPriv, [.. DropAllBut(options.FirstUserId, []), "/bin/true"]) ? $"user id {options.FirstUserId} cannot be taken here: computes run as root"
        : "";
}
