namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>A mounted tree of control groups, and our own group in it.</summary>
/// <param name="OwnFolder">The folder of our own group.</param>
/// <param name="IsV2">Whether it is a v2 tree.</param>
/// <param name="Controllers">With v1 its controllers; with v2 they are asked for in the folder.</param>
internal sealed record CgroupMount(string OwnFolder, bool IsV2, IReadOnlySet<string> Controllers)
{
    /// <summary>The v1 controllers that are of use here. Freezer and the others would only cost a group each.</summary>
    private static readonly string[] Useful = ["memory", "cpu", "pids"];

    /// <summary>Reads the text of /proc/self/mountinfo and /proc/self/cgroup.</summary>
    public static IEnumerable<CgroupMount> All(string mountInfo, string ownGroups)
    {
        // 31:memory:/path  or  0::/path
        var groups = ownGroups.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => l.Split(':', 3)).Where(p => p.Length == 3)
            .Select(p => (Controllers: p[1].Split(',', StringSplitOptions.RemoveEmptyEntries), Path: p[2])).ToArray();
        var seen = new HashSet<string>();
        foreach (var line in mountInfo.Split('\n'))
        {
            // id parent dev ROOT POINT options [tags] - TYPE source SUPEROPTIONS
            var halves = line.Split(" - ", 2);
            var left = halves[0].Split(' ');
            if (halves.Length != 2 || left.Length < 5)
            {
                continue;
            }

            var right = halves[1].Split(' ');
            var isV2 = right[0] == "cgroup2";
            var controllers = isV2 || right[0] != "cgroup" ? [] : right[^1].Split(',').Intersect(Useful).ToHashSet();
            var own = groups.FirstOrDefault(g => isV2 ? g.Controllers.Length == 0 : controllers.Overlaps(g.Controllers));
            if (own.Path is not null && (isV2 || controllers.Count > 0) && seen.Add(isV2 ? "v2" : string.Join(",", controllers.Order(StringComparer.Ordinal))))
            {
                yield return new(Folder(left[3], left[4], own.Path), isV2, controllers);
            }
        }
    }

    // A mount may show a part of the tree only (a container): then the own path is told from the tree's root, and
    // the mount's root is its beginning; or, in a cgroup namespace, climbs out of it, and the mount point is all we have.
    private static string Folder(string root, string point, string own)
    {
        var below = own == root || root == "/" ? own[(root == "/" ? 0 : root.Length)..]
            : own.StartsWith(root + "/", StringComparison.Ordinal) ? own[root.Length..]
            : "";
        return below.Contains("..", StringComparison.Ordinal) ? point : Path.Combine(point, below.Trim('/')).TrimEnd('/');
    }
}
