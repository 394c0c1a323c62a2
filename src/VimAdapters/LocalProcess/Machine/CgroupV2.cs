namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>
/// What v2 asks for before a group may hand controllers on: it must be the root, or have no processes of its own.
/// A service that was delegated its group (systemd: Delegate=yes) moves itself one level down.
/// </summary>
internal static class CgroupV2
{
    private static readonly string[] Wanted = ["memory", "cpu", "pids"];

    /// <summary>Makes the controllers work below <paramref name="own"/>; returns those that do.</summary>
    public static IReadOnlySet<string> Enable(string own)
    {
        if (!File.Exists(Path.Combine(own, "cgroup.controllers")))
        {
            throw new IOException("it is no cgroup v2 folder");
        }

        var isRoot = !File.Exists(Path.Combine(own, "cgroup.type"));
        var offered = Offered(own);
        if (!isRoot && offered.Count > 0)
        {
            MoveDown(own);
        }

        return EnableIn(own, offered);
    }

    /// <summary>Hands those controllers on to the groups below; returns those that went.</summary>
    public static IReadOnlySet<string> EnableIn(string folder, IReadOnlySet<string> controllers)
    {
        var file = Path.Combine(folder, "cgroup.subtree_control");
        var enabled = new HashSet<string>();
        foreach (var controller in controllers)
        {
            try
            {
                File.WriteAllText(file, "+" + controller);
                enabled.Add(controller);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Left out here is said there: Cgroups.Notes names every controller that works nowhere.
            }
        }

        return enabled;
    }

    private static HashSet<string> Offered(string folder) =>
        File.ReadAllText(Path.Combine(folder, "cgroup.controllers")).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Intersect(Wanted).ToHashSet();

    private static void MoveDown(string own)
    {
        var processes = File.ReadAllLines(Path.Combine(own, "cgroup.procs"));
        if (processes is not [var only] || only != Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            if (processes.Length > 0)
            {
                throw new IOException($"{processes.Length} processes share our group, so it cannot hand controllers on; run the MEPM in a group of its own (systemd: Delegate=yes), or name a free one in CgroupParent");
            }

            return;
        }

        var leaf = Path.Combine(own, "mepm");
        Directory.CreateDirectory(leaf);
        File.WriteAllText(Path.Combine(leaf, "cgroup.procs"), only);
    }
}
