using System.Text.Json;
using System.Text.Json.Serialization;
using Mano.Mepm.Sites;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Mepm.Hosts;

/// <summary>A site as a JSON file, for those who have many hosts. What the command line says wins; hosts of both are added up.</summary>
public sealed record SiteFile
{
    public string? Site { get; init; }

    public string? Name { get; init; }

    public string? Meo { get; init; }

    public SiteLocation? Location { get; init; }

    public IReadOnlyList<HostEntry> Hosts { get; init; } = [];

    /// <summary>Reads a file. Throws a <see cref="FailureException"/> that names file, line and what would be right.</summary>
    public static SiteFile Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), SiteFileJson.Default.SiteFile)
                ?? throw new JsonException("null is not a site");
        }
        catch (JsonException e)
        {
            throw Wrong(path, e.LineNumber is { } line ? $"{path}:{line + 1}" : path, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Wrong(path, path, e.Message);
        }
    }

    /// <summary>The hosts as options.</summary>
    public IReadOnlyList<HostOptions> HostOptions(string path) => [.. Hosts.Select((h, i) =>
    {
        try
        {
            return h.ToOptions();
        }
        catch (FormatException e)
        {
            throw Wrong(path, $"{path}: hosts[{i}]", e.Message);
        }
    })];

    private static FailureException Wrong(string path, string at, string message) => Failure.InvalidInput(
        "SITE_FILE", $"The site file {path} cannot be used.", path, [new Fault(at, message)]).ToException();
}

/// <summary>One host of a <see cref="SiteFile"/>; see <see cref="HostOptions"/>.</summary>
public sealed record HostEntry
{
    public required string Id { get; init; }

    public required string Zone { get; init; }

    public required string Vim { get; init; }

    public IReadOnlyDictionary<string, string> VimSettings { get; init; } = new Dictionary<string, string>();

    public string VimZone { get; init; } = "";

    public string? Platform { get; init; }

    public string Latency { get; init; } = "0ms";

    public IReadOnlyList<string> Hardware { get; init; } = [];

    public string Arch { get; init; } = "";

    public IReadOnlyList<string> Networks { get; init; } = [];

    public IReadOnlyList<string> Tenants { get; init; } = [];

    public double? Cost { get; init; }

    public double? WattsPerCpu { get; init; }

    /// <summary>As on the command line: <c>@FILE</c> is that file's content.</summary>
    private static string Content(string name, string value) =>
        value.StartsWith("@@", StringComparison.Ordinal) ? value[1..] : value.StartsWith('@') ? HostArgument.FromFile(name, value[1..]) : value;

    internal HostOptions ToOptions() => new()
    {
        HostId = Id, Zone = Zone, Vim = Vim, VimZone = VimZone, VimSettings = VimSettings.ToDictionary(s => s.Key, s => Content(s.Key, s.Value)), Platform = Platform is null ? null : HostArgument.Url(Platform),
        Latency = MeshFlags.ParseDuration(Latency), Hardware = Hardware, CpuArchitecture = Arch,
        Networks = Networks, Tenants = Tenants, Cost = Cost, WattsPerCpu = WattsPerCpu,
    };
}

/// <summary>JSON of the site file; a name that is not known is a fault, not ignored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(SiteFile))]
internal sealed partial class SiteFileJson : JsonSerializerContext;
