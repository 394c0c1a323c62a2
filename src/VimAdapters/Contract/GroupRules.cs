using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>Whether the affinity groups of a specification are well-formed. All faults are found, not only the first.</summary>
internal static class GroupRules
{
    private const int MaxGroups = 8;

    public static void AddFaults(List<Fault> faults, IReadOnlyList<AffinityGroup> groups)
    {
        if (groups.Count > MaxGroups)
        {
            faults.Add(new("spec.groups", $"{groups.Count} are given; at most {MaxGroups}."));
        }

        for (var i = 0; i < groups.Count; i++)
        {
            if (!RequestRules.IsKey(groups[i].Name) || groups.Take(i).Contains(groups[i]))
            {
                faults.Add(new($"spec.groups[{i}].name",
                    $"'{RequestRules.Shown(groups[i].Name)}' is refused; 1 to 128 characters of [A-Za-z0-9._-], the first a letter or a digit, none twice."));
            }

            if (!Enum.IsDefined(groups[i].Rule))
            {
                faults.Add(new($"spec.groups[{i}].rule", "it is not given, or unknown; TOGETHER or APART would be right."));
            }
        }
    }
}
