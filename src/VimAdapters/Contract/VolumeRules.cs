using System.Globalization;
using System.Text.RegularExpressions;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>Whether the volumes of a specification are well-formed. All faults are found, not only the first.</summary>
internal static partial class VolumeRules
{
    private const int MaxVolumes = 16;
    private const int MaxPath = 255;

    /// <summary>Trees of the kernel, in which nothing may be mounted over.</summary>
    private static readonly string[] Kernels = ["/proc", "/sys", "/dev"];

    public static void AddFaults(List<Fault> faults, IReadOnlyList<ComputeVolume> volumes)
    {
        if (volumes.Count > MaxVolumes)
        {
            faults.Add(new("spec.volumes", $"{volumes.Count} are given; at most {MaxVolumes}."));
        }

        for (var i = 0; i < volumes.Count; i++)
        {
            var (volume, before) = (volumes[i], volumes.Take(i));
            if (!NamePattern().IsMatch(volume.Name) || before.Any(v => ComputeVariables.Volume(v.Name) == ComputeVariables.Volume(volume.Name)))
            {
                faults.Add(new($"spec.volumes[{i}].name",
                    $"'{RequestRules.Shown(volume.Name)}' is refused; 1 to 63 characters of [A-Za-z0-9._-], the first a letter or a digit, unique in the compute also as a variable."));
            }

            if (volume.SizeGib < 0)
            {
                faults.Add(new($"spec.volumes[{i}].size_gib", $"{volume.SizeGib.ToString(CultureInfo.InvariantCulture)} is refused; 0 or more."));
            }

            if (volume.Path.Length > 0 && (!IsPath(volume.Path) || before.Any(v => v.Path == volume.Path)))
            {
                faults.Add(new($"spec.volumes[{i}].path",
                    $"'{RequestRules.Shown(volume.Path)}' is refused; an absolute path of its own without '.', '..' and a / at its end, not in {string.Join(", ", Kernels)}."));
            }
        }
    }

    private static bool IsPath(string path) =>
        path.Length <= MaxPath && PathPattern().IsMatch(path) && !path.Split('/').Any(p => p is "." or "..")
        && !Kernels.Any(k => path == k || path.StartsWith(k + "/", StringComparison.Ordinal));

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z")]
    private static partial Regex NamePattern();

    // No colon and no comma: engines read them as the ends of a path.
    [GeneratedRegex(@"\A(/[A-Za-z0-9._@+-]+)+\z")]
    private static partial Regex PathPattern();
}
