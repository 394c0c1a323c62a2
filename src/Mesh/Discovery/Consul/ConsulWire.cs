using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Mano.Mesh.Discovery.Consul;

/// <summary>PUT /v1/agent/service/register.</summary>
internal sealed record AgentRegistration
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Address { get; init; }

    public required int Port { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public IReadOnlyDictionary<string, string> Meta { get; init; } = new Dictionary<string, string>();

    public required AgentCheck Check { get; init; }
}

/// <summary>The check that is registered with a service: <c>GRPC</c> with an interval, or <c>TTL</c>. Times are Go's: <c>2000ms</c>.</summary>
internal sealed record AgentCheck
{
    [JsonPropertyName("CheckID")]
    public required string CheckId { get; init; }

    public required string Name { get; init; }

    [JsonPropertyName("GRPC")]
    public string? Grpc { get; init; }

    [JsonPropertyName("TTL")]
    public string? Ttl { get; init; }

    public string? Interval { get; init; }

    public string? Timeout { get; init; }

    public required string DeregisterCriticalServiceAfter { get; init; }

    /// <summary>Until the first check. A process registers after it listens, so it starts as passing.</summary>
    public string Status { get; init; } = "passing";

    public string Notes { get; init; } = "";
}

/// <summary>GET /v1/agent/service/:id.</summary>
internal sealed record AgentService
{
    [JsonPropertyName("Service")]
    public string Name { get; init; } = "";

    public string Address { get; init; } = "";

    public int Port { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

/// <summary>One element of GET /v1/health/service/:name.</summary>
internal sealed record HealthEntry
{
    public required CatalogueNode Node { get; init; }

    public required CatalogueService Service { get; init; }

    public IReadOnlyList<CatalogueCheck>? Checks { get; init; }

    public ServiceInstance ToInstance()
    {
        var failing = (Checks ?? []).Where(c => Health(c.Status) != ServiceHealth.Passing).ToList();
        var health = failing.Count == 0 ? ServiceHealth.Passing : failing.Max(c => Health(c.Status));
        var host = Service.Address.Length > 0 ? Service.Address : Node.Address;
        var meta = Service.Meta ?? new Dictionary<string, string>();
        var url = new UriBuilder(meta.TryGetValue(ServiceNames.Scheme, out var scheme) ? scheme : "http", host, Service.Port).Uri;
        return new(
            Service.Id, Node.Name, url.ToString().TrimEnd('/'), [.. Service.Tags ?? []], meta, health,
            failing.Count == 0 ? "" : failing.OrderByDescending(c => Health(c.Status)).First().Output.Trim());
    }

    private static ServiceHealth Health(string status) => status switch
    {
        "passing" => ServiceHealth.Passing,
        "warning" => ServiceHealth.Warning,
        _ => ServiceHealth.Critical,
    };
}

internal sealed record CatalogueNode
{
    [JsonPropertyName("Node")]
    public required string Name { get; init; }

    public string Address { get; init; } = "";
}

internal sealed record CatalogueService
{
    [JsonPropertyName("ID")]
    public required string Id { get; init; }

    public string Address { get; init; } = "";

    public int Port { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }
}

internal sealed record CatalogueCheck
{
    public string Status { get; init; } = "";

    public string Output { get; init; } = "";
}

/// <summary>What a blocking query brought.</summary>
/// <param name="Index">To ask with the next time.</param>
/// <param name="WasFiltered">Consul left out what the token may not see.</param>
internal sealed record CatalogueAnswer(ulong Index, ImmutableArray<ServiceInstance> Instances, bool WasFiltered);

[JsonSerializable(typeof(AgentRegistration))]
[JsonSerializable(typeof(AgentService))]
[JsonSerializable(typeof(IReadOnlyList<HealthEntry>))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ConsulJson : JsonSerializerContext;
