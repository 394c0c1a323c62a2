using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>What an edge in network namespaces needs of the machine.</summary>
internal static class EdgeRequirements
{
    /// <summary>The reason of a failure that says that this machine cannot do it.</summary>
    public const string Reason = "INCAPABLE";

    private static readonly (string Program, string Package)[] Programs =
        [("ip", "iproute2"), ("nft", "nftables"), ("conntrack", "conntrack"), ("nsenter", "util-linux"), ("setsid", "util-linux"), ("unshare", "util-linux")];

    /// <summary>A failure of its own exit code: nothing was tried, or what was tried is gone.</summary>
    public static Failure Incapable(string what) => Failure.Unimplemented(
        Reason, $"'mano demo --real' cannot run here: {what.TrimEnd('.')}. 'mano demo' shows the same without it.");

    /// <summary>What is missing, in one sentence; null when nothing is.</summary>
    public static Failure? WhatIsMissing(Surroundings surroundings)
    {
        var (programs, packages) = MissingPrograms(surroundings);
        var missing = new List<string>();
        if (!Environment.IsPrivilegedProcess)
        {
            missing.Add("root");
        }

        if (programs.Count > 0)
        {
            missing.Add($"{string.Join(", ", programs)} (apt-get install {string.Join(' ', packages)})");
        }

        return missing.Count > 0 ? Incapable($"it needs {string.Join(" and ", missing)}")
            : WhyNoPacketFilter() is { } why ? Incapable($"it needs a network namespace with a packet filter of its own, and trying one said: {why}")
            : null;
    }

    public static (IReadOnlyList<string> Programs, IReadOnlyList<string> Packages) MissingPrograms(Surroundings surroundings)
    {
        var folders = (surroundings.Variable("PATH") ?? "").Split(':');
        var missing = Programs.Where(p => !folders.Any(f => File.Exists(Path.Combine(f, p.Program)))).ToArray();
        return ([.. missing.Select(m => m.Program)], [.. missing.Select(m => m.Package).Distinct()]);
    }

    /// <summary>Tried for real, in a namespace that ends with the trial: what a kernel offers and what a container lets through differ.</summary>
    public static string? WhyNoPacketFilter() => MachineTool.TryRun("", "unshare", "--net", "nft", "add", "table", "inet", "manotrial").Error;
}
