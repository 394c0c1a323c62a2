using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>
/// How what is ours is named and labelled in the engine. Labels reach monitoring systems and event streams, so they hold
/// digests and numbers, never environment or boot data.
/// </summary>
internal sealed class Mark(string owner)
{
    public const string Vim = "mano.vim";
    public const string Compute = "mano.compute";
    public const string Tenant = "mano.tenant";
    public const string AppInstance = "mano.app-instance";
    public const string Operation = "mano.operation";
    public const string Life = "mano.life";
    public const string SpecDigest = "mano.spec";
    public const string Image = "mano.image";
    public const string Resources = "mano.resources";
    public const string Address = "mano.address";
    public const string Volume = "mano.volume";
    public const string VolumeGib = "mano.volume-gib";

    public string Owner => owner;

    public string OwnerLabel => $"{Vim}={owner}";

    public string Network => $"mano-{owner}";

    /// <summary>The name of all our images. With a registry's part, because Podman would put one before it.</summary>
    public string Repository => $"localhost/mano-{owner}";

    public string Container(string computeId) => $"mano-{owner}-{computeId}";

    /// <summary>The name of a compute's volume, by its place in the specification: an id of a compute may hold hyphens, so a volume's name would not do.</summary>
    public string VolumeName(string computeId, int place) => string.Create(CultureInfo.InvariantCulture, $"{Container(computeId)}-{place}");

    public string ImageTag(string digest) => $"{Repository}:{digest["sha256:".Length..]}";

    public static string ComputeLabel(string computeId) => $"{Compute}={computeId}";

    /// <summary>The owner that a folder's path gives: the same after a restart, another for another adapter on the machine.</summary>
    public static string OwnerOf(string folder) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(folder))))[..12];

    /// <summary>The digest of a specification: equal for equal ones, whatever the order of the variables.</summary>
    public static string DigestOf(ComputeSpec spec)
    {
        var sorted = spec with { Environment = new SortedDictionary<string, string>(spec.Environment.ToDictionary(), StringComparer.Ordinal) };
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(sorted, LocalContainersJson.Default.ComputeSpec)));
    }
}
