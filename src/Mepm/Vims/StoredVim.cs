using System.Text.Json;
using System.Text.Json.Serialization;
using Mano.Mepm.Hosts;

namespace Mano.Mepm.Vims;

/// <summary>A VIM connection that an operator added: one JSON value, one commit a change.</summary>
internal sealed record StoredVim
{
    public required string Name { get; init; }

    public required string Adapter { get; init; }

    /// <summary>Those that everybody may see, by the adapter's names.</summary>
    public required SortedDictionary<string, string> Settings { get; init; }

    /// <summary>The others, each sealed for this VIM and this name.</summary>
    public required SortedDictionary<string, string> Sealed { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>What one of its secrets is sealed for.</summary>
    public static string About(string vim, string setting) => $"vim/{vim}/{setting}";
}

/// <summary>A MEC host that an operator added at run time.</summary>
internal sealed record StoredHost
{
    public required string HostId { get; init; }

    /// <summary>The name of its VIM connection.</summary>
    public required string Vim { get; init; }

    public required string Zone { get; init; }

    /// <summary>gRPC of its platform; null: found in Consul.</summary>
    public Uri? Platform { get; init; }

    public TimeSpan Latency { get; init; }

    public IReadOnlyList<string> Hardware { get; init; } = [];

    public string CpuArchitecture { get; init; } = "";

    /// <summary>The zone within the VIM; null, as in records of releases that had none: any.</summary>
    public string? VimZone { get; init; }

    public required DateTimeOffset AddedAt { get; init; }

    public HostOptions ToOptions() => new()
    {
        HostId = HostId, Zone = Zone, Vim = VimNames.Reference(Vim), Platform = Platform, Latency = Latency, Hardware = Hardware, CpuArchitecture = CpuArchitecture,
        VimZone = VimZone ?? "",
    };

    /// <summary>Whether an operator who says this says the same.</summary>
    public bool SameAs(StoredHost other) => JsonSerializer.Serialize(this with { AddedAt = other.AddedAt }, VimJson.Default.StoredHost)
        == JsonSerializer.Serialize(other, VimJson.Default.StoredHost);
}

/// <summary>JSON of what is stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredVim))]
[JsonSerializable(typeof(StoredHost))]
internal sealed partial class VimJson : JsonSerializerContext;
