using System.Globalization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>The control groups of one compute, and what they enforce.</summary>
/// <param name="Folders">The groups to enter, which are also those to look into for what is left.</param>
/// <param name="Enforcements">memory, cpu and processes, each in force or not and why.</param>
internal sealed record ComputeGroups(IReadOnlyList<string> Folders, IReadOnlyList<Enforcement> Enforcements);

/// <summary>
/// Control groups in whichever layout the machine has: v1 has a tree a controller, v2 one tree, hybrid machines
/// both, each with other controllers. Every controller is used where it is; what is nowhere is said.
/// </summary>
internal sealed class Cgroups
{
    private readonly Lock gate = new();
    private readonly List<Tree> trees = [];
    private readonly Dictionary<string, string> missing = [];
    private readonly string groupName;

    private Cgroups(string vimId) => groupName = $"mano-{vimId}";

    /// <summary>A tree in which we may make groups.</summary>
    /// <param name="Base">The folder under which the computes' groups are made.</param>
    /// <param name="IsV2">Whether it is a v2 tree.</param>
    /// <param name="Controllers">The controllers that work there.</param>
    private sealed record Tree(string Base, bool IsV2, IReadOnlySet<string> Controllers);

    /// <summary>Whether a controller works here.</summary>
    public bool Has(string controller) => trees.Any(t => t.Controllers.Contains(controller));

    /// <summary>Finds the trees of this machine.</summary>
    public static Cgroups Discover(LocalProcessOptions options, string vimId) => options.Cgroups
        ? Discover(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"), vimId, options.CgroupParent)
        : None(vimId, "switched off by the settings");

    /// <summary>Finds the trees in the text of /proc/self/mountinfo and /proc/self/cgroup.</summary>
    public static Cgroups Discover(string mountInfo, string ownGroups, string vimId, string? parent)
    {
        var cgroups = new Cgroups(vimId);
        foreach (var mount in CgroupMount.All(mountInfo, ownGroups))
        {
            var own = mount.IsV2 && parent is not null ? parent : mount.OwnFolder;
            var name = mount.IsV2 ? "v2" : $"v1 {string.Join(",", mount.Controllers)}";
            try
            {
                var controllers = mount.IsV2 ? CgroupV2.Enable(own) : mount.Controllers;
                var folder = Path.Combine(own, cgroups.groupName);
                Directory.CreateDirectory(folder);
                if (mount.IsV2)
                {
                    controllers = CgroupV2.EnableIn(folder, controllers);
                }

                RemoveOne(folder);
                cgroups.trees.Add(new(folder, mount.IsV2, controllers));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                cgroups.missing[name] = $"{own}: {e.Message}";
            }
        }

        return cgroups;
    }

    /// <summary>No groups at all.</summary>
    public static Cgroups None(string vimId, string why) => new(vimId) { missing = { ["any"] = why } };

    /// <summary>The folders that a compute's groups will have.</summary>
    public IReadOnlyList<string> FoldersOf(string computeId) => [.. trees.Select(t => Path.Combine(t.Base, computeId))];

    /// <summary>Makes the groups of a compute and sets its limits.</summary>
    public ComputeGroups Make(string computeId, VimResources resources, int maxProcesses)
    {
        var folders = new List<string>();
        var enforcements = new Dictionary<string, Enforcement>();
        foreach (var tree in trees)
        {
            var folder = Path.Combine(tree.Base, computeId);
            MakeOne(tree, folder);
            folders.Add(folder);
            foreach (var limit in CgroupLimits.For(resources, maxProcesses).Where(l => tree.Controllers.Contains(l.Controller)))
            {
                enforcements[limit.Name] = limit.Apply(folder, tree.IsV2);
            }
        }

        foreach (var limit in CgroupLimits.For(resources, maxProcesses).Where(l => !enforcements.ContainsKey(l.Name)))
        {
            enforcements[limit.Name] = new(limit.Name, false, $"no {limit.Controller} control group: {WhyMissing()}");
        }

        return new(folders, [.. enforcements.Values.OrderBy(e => e.Name, StringComparer.Ordinal)]);
    }

    /// <summary>How often the kernel killed something in these groups for memory.</summary>
    public static long KilledForMemory(IEnumerable<string> folders)
    {
        foreach (var file in folders.SelectMany(f => new[] { Path.Combine(f, "memory.events"), Path.Combine(f, "memory.oom_control") }).Where(File.Exists))
        {
            var line = File.ReadLines(file).FirstOrDefault(l => l.StartsWith("oom_kill ", StringComparison.Ordinal));
            if (line is not null)
            {
                return long.Parse(line["oom_kill ".Length..], CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    /// <summary>The processes in these groups.</summary>
    public static IEnumerable<int> ProcessesIn(IEnumerable<string> folders) => folders
        .Select(f => Path.Combine(f, "cgroup.procs"))
        .SelectMany(ReadLinesIfAny)
        .Select(l => int.Parse(l, CultureInfo.InvariantCulture))
        .Where(pid => pid > 0)
        .Distinct();

    /// <summary>Asks the kernel to kill all that is in these groups, where it can (v2 since 5.14).</summary>
    public static void KillAllIn(IEnumerable<string> folders)
    {
        foreach (var file in folders.Select(f => Path.Combine(f, "cgroup.kill")).Where(File.Exists))
        {
            File.WriteAllText(file, "1");
        }
    }

    /// <summary>Removes groups in which nothing is left; says whether all are gone.</summary>
    public static bool Remove(IEnumerable<string> folders) => folders.Aggregate(true, (all, folder) => RemoveOne(folder) && all);

    /// <summary>
    /// Removes the groups of the VIM itself when no compute is left in them. They are there only while a compute is, so that a
    /// process that is killed between two computes leaves nothing.
    /// </summary>
    public void RemoveEmptyBases()
    {
        lock (gate)
        {
            foreach (var tree in trees)
            {
                RemoveOne(tree.Base);
            }
        }
    }

    /// <summary>What is and is not in force, for the capabilities.</summary>
    public IEnumerable<Enforcement> Notes()
    {
        foreach (var controller in new[] { "memory", "cpu", "pids" })
        {
            var tree = trees.FirstOrDefault(t => t.Controllers.Contains(controller));
            yield return new($"{controller} group", tree is not null, tree is null ? WhyMissing() : $"cgroup {(tree.IsV2 ? "v2" : "v1")} in {tree.Base}");
        }
    }

    private string WhyMissing() => missing.Count == 0
        ? "the machine has none"
        : string.Join("; ", missing.Select(m => m.Key == "any" ? m.Value : $"{m.Key} at {m.Value}"));

    private void MakeOne(Tree tree, string folder)
    {
        lock (gate)
        {
            if (!Directory.Exists(tree.Base))
            {
                Directory.CreateDirectory(tree.Base);
                _ = tree.IsV2 ? CgroupV2.EnableIn(tree.Base, tree.Controllers) : tree.Controllers;
            }

            Directory.CreateDirectory(folder);
        }
    }

    private static bool RemoveOne(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (IOException)
        {
            return false;
        }

        return true;
    }

    private static string[] ReadLinesIfAny(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
