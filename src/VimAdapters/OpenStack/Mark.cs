using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// How what is ours is named and marked in the project. Marks are seen by whoever sees the project, so they hold ids, digests and
/// numbers, never environment or boot data. Names and descriptions are what is searched for; tags are for people.
/// </summary>
internal sealed class Mark(string site)
{
    public const string Site = "mano:site";
    public const string Compute = "mano:compute";
    public const string Tenant = "mano:tenant";
    public const string AppInstance = "mano:app-instance";
    public const string Operation = "mano:operation";
    public const string Life = "mano:life";
    public const string SpecDigest = "mano:spec";
    public const string Image = "mano:image";
    public const string ImageFormat = "mano:image-format";
    public const string Resources = "mano:resources";
    public const string Address = "mano:address";

    /// <summary>The longest value of a server's metadata.</summary>
    private const int MaxValue = 255;

    public string SiteName => site;

    /// <summary>The tag of all that is ours, where tags are to be had.</summary>
    public string Tag => $"{Site}={site}";

    private string Prefix => $"mano-{site}-";

    /// <summary>The name of a compute's server, and of what belongs to it.</summary>
    public string Server(string computeId) => Prefix + computeId;

    /// <summary>For Nova's name filter, which is a regular expression of its database.</summary>
    public string AllServers => $"^{Pattern(Prefix)}";

    public string OneServer(string computeId) => $"^{Pattern(Server(computeId))}$";

    public string Port(string computeId, int place) => string.Create(CultureInfo.InvariantCulture, $"{Server(computeId)}-{place}");

    /// <summary>The description of a compute's ports, by which exactly they are found.</summary>
    public string PortsOf(string computeId) => $"{Tag};compute={computeId}";

    /// <summary>Which compute a port is of; null: it is not ours.</summary>
    public string? OwnerOfPort(string? description) =>
        description is not null && description.StartsWith(Tag + ";compute=", StringComparison.Ordinal) ? description[(Tag.Length + ";compute=".Length)..] : null;

    /// <summary>The description of what belongs to no single compute.</summary>
    public string Shared => Tag;

    /// <summary>The name of the security group for a set of ports: computes that declare the same share it, because projects may have few.</summary>
    public string SecurityGroup(IReadOnlyList<ComputePort> ports) =>
        $"{Prefix}ports-{Short(string.Join(' ', ports.Select(p => $"{p.Transport}/{p.Number}").Distinct().Order(StringComparer.Ordinal)))}";

    public bool IsSecurityGroup(string name) => name.StartsWith(Prefix + "ports-", StringComparison.Ordinal);

    public string Flavor(long vcpus, long ramMib, long diskGib) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}flavor-c{vcpus}-m{ramMib}-d{diskGib}");

    public bool IsFlavor(string name) => name.StartsWith(Prefix + "flavor-", StringComparison.Ordinal);

    public string ServerGroup(string tenant, string group, string policy) => $"{Prefix}group-{Short($"{tenant}\n{group}\n{policy}")}-{Plain(group)}";

    public bool IsServerGroup(string name) => name.StartsWith(Prefix + "group-", StringComparison.Ordinal);

    public string Network(string networkId) => Prefix + "net-" + networkId;

    public string Volume(string computeId, int place) => string.Create(CultureInfo.InvariantCulture, $"{Server(computeId)}-vol-{place}");

    /// <summary>Whether a server bears our mark.</summary>
    public bool IsOurs(ServerDetails server) => server.Metadata.GetValueOrDefault(Site) == site && server.Metadata.ContainsKey(Compute);

    /// <summary>What is written on the server of a record.</summary>
    public IReadOnlyDictionary<string, string> Of(ServerRecord record) => new Dictionary<string, string>
    {
        [Site] = site,
        [Compute] = record.ComputeId,
        [Tenant] = Cut(record.Spec.Labels.Tenant),
        [AppInstance] = Cut(record.Spec.Labels.AppInstanceId),
        [Operation] = record.Fence.Last.ToString(CultureInfo.InvariantCulture),
        [Life] = record.Life,
        [SpecDigest] = record.SpecDigest,
        [Image] = record.Spec.Images[0].Digest,
        [ImageFormat] = record.Spec.Images[0].Format.ToString(),
        [Resources] = string.Create(CultureInfo.InvariantCulture, $"{record.Spec.Resources.MilliCpu}/{record.Spec.Resources.MemoryMib}/{record.Spec.Resources.DiskGib}"),
        [Address] = record.Address,
    };

    /// <summary>The site that a folder's path gives: the same after a restart, another for another adapter.</summary>
    public static string SiteOf(string folder) => Short(Path.GetFullPath(folder));

    /// <summary>The digest of a specification: equal for equal ones, whatever the order of the variables.</summary>
    public static string DigestOf(ComputeSpec spec)
    {
        var sorted = spec with { Environment = new SortedDictionary<string, string>(spec.Environment.ToDictionary(), StringComparer.Ordinal) };
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(sorted, OpenStackJson.Default.ComputeSpec)));
    }

    private static string Short(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];

    private static string Cut(string value) => value.Length <= MaxValue ? value : value[..MaxValue];

    private static string Plain(string text) => new([.. text.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.').Take(64)]);

    // In brackets a dot means itself, in every dialect; ids hold nothing else that could mean more.
    private static string Pattern(string text) => text.Replace(".", "[.]", StringComparison.Ordinal);
}
