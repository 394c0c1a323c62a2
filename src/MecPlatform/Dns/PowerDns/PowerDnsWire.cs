using System.Text.Json.Serialization;

namespace Mano.MecPlatform.Dns.PowerDns;

/// <summary>A zone as PowerDNS' API v1 shows and takes it, as far as we use it.</summary>
internal sealed record PowerDnsZone
{
    /// <summary>How the zone is called in URLs.</summary>
    public string? Id { get; init; }

    /// <summary>With the last dot.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>Whose zone it is, as an operator or we wrote it.</summary>
    public string? Account { get; init; }

    public string? Kind { get; init; }

    public IReadOnlyList<string>? Nameservers { get; init; }

    [JsonPropertyName("soa_edit_api")]
    public string? SoaEditApi { get; init; }

    public IReadOnlyList<PowerDnsRecordSet>? Rrsets { get; init; }
}

/// <summary>The records of one name and type.</summary>
internal sealed record PowerDnsRecordSet
{
    public string Name { get; init; } = string.Empty;

    public string Type { get; init; } = string.Empty;

    public uint? Ttl { get; init; }

    /// <summary>REPLACE or DELETE, in a PATCH.</summary>
    public string? Changetype { get; init; }

    public IReadOnlyList<PowerDnsRecord>? Records { get; init; }

    /// <summary>By them we know our own: account is the platform's mark, content the application instance.</summary>
    public IReadOnlyList<PowerDnsComment>? Comments { get; init; }
}

internal sealed record PowerDnsRecord(string Content, bool Disabled);

internal sealed record PowerDnsComment(string Content, string Account);

/// <summary>What a PATCH carries.</summary>
internal sealed record PowerDnsPatch(IReadOnlyList<PowerDnsRecordSet> Rrsets);

/// <summary>How it refuses.</summary>
internal sealed record PowerDnsError(string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PowerDnsZone))]
[JsonSerializable(typeof(List<PowerDnsZone>))]
[JsonSerializable(typeof(PowerDnsPatch))]
[JsonSerializable(typeof(PowerDnsError))]
internal sealed partial class PowerDnsJson : JsonSerializerContext;
