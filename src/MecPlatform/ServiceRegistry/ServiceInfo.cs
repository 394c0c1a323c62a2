using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>A service that an application registered (MEC 011 ServiceInfo); every field as it was given, null where it was not.</summary>
internal sealed record ServiceInfo
{
    /// <summary>Given by the platform.</summary>
    public string? SerInstanceId { get; init; }

    public string? SerName { get; init; }

    public CategoryRef? SerCategory { get; init; }

    public string? Version { get; init; }

    public ServiceState? State { get; init; }

    /// <summary>One of the platform's transports, instead of <see cref="TransportInfo"/>; never shown again.</summary>
    public string? TransportId { get; init; }

    public TransportInfo? TransportInfo { get; init; }

    public SerializerType? Serializer { get; init; }

    public LocalityType? ScopeOfLocality { get; init; }

    public bool? ConsumedLocalOnly { get; init; }

    /// <summary>Only in answers and notifications.</summary>
    public bool? IsLocal { get; init; }

    /// <summary>Seconds between heartbeats; asked for with 0: as the platform likes; null: none.</summary>
    public int? LivenessInterval { get; init; }

    [JsonPropertyName("_links")]
    public ServiceLinks? Links { get; init; }
}

/// <summary>MEC 011 ServiceInfo._links.</summary>
internal sealed record ServiceLinks(ServiceLink? Self, ServiceLink? Liveness);

/// <summary>MEC 011 LinkType.</summary>
internal sealed record ServiceLink(string Href);

/// <summary>MEC 011 CategoryRef.</summary>
internal sealed record CategoryRef(string? Href, string? Id, string? Name, string? Version);

/// <summary>MEC 011 TransportInfo.</summary>
internal sealed record TransportInfo
{
    public string? Id { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public TransportType? Type { get; init; }

    public string? Protocol { get; init; }

    public string? Version { get; init; }

    public EndPointInfo? Endpoint { get; init; }

    public JsonElement? Security { get; init; }

    public JsonElement? ImplSpecificInfo { get; init; }
}

/// <summary>MEC 011 EndPointInfo: exactly one of them.</summary>
internal sealed record EndPointInfo(
    IReadOnlyList<string>? Uris, IReadOnlyList<string>? Fqdn, IReadOnlyList<EndPointAddress>? Addresses, JsonElement? Alternative);

/// <summary>MEC 011 EndPointInfo.Address.</summary>
internal sealed record EndPointAddress(string? Host, int? Port);

/// <summary>MEC 011 ServiceState.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceState>))]
internal enum ServiceState
{
    [JsonStringEnumMemberName("ACTIVE")] Active = 1,
    [JsonStringEnumMemberName("INACTIVE")] Inactive,

    /// <summary>Its heartbeats have stopped.</summary>
    [JsonStringEnumMemberName("SUSPENDED")] Suspended,
}

/// <summary>MEC 011 SerializerType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SerializerType>))]
internal enum SerializerType
{
    [JsonStringEnumMemberName("JSON")] Json = 1,
    [JsonStringEnumMemberName("XML")] Xml,
    [JsonStringEnumMemberName("PROTOBUF3")] Protobuf3,
}

/// <summary>MEC 011 LocalityType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LocalityType>))]
internal enum LocalityType
{
    [JsonStringEnumMemberName("MEC_SYSTEM")] MecSystem = 1,
    [JsonStringEnumMemberName("MEC_HOST")] MecHost,
    [JsonStringEnumMemberName("NFVI_POP")] NfviPop,
    [JsonStringEnumMemberName("ZONE")] Zone,
    [JsonStringEnumMemberName("ZONE_GROUP")] ZoneGroup,
    [JsonStringEnumMemberName("NFVI_NODE")] NfviNode,
}

/// <summary>MEC 011 TransportType.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TransportType>))]
internal enum TransportType
{
    [JsonStringEnumMemberName("REST_HTTP")] RestHttp = 1,
    [JsonStringEnumMemberName("MB_TOPIC_BASED")] MbTopicBased,
    [JsonStringEnumMemberName("MB_ROUTING")] MbRouting,
    [JsonStringEnumMemberName("MB_PUBSUB")] MbPubsub,
    [JsonStringEnumMemberName("RPC")] Rpc,
    [JsonStringEnumMemberName("RPC_STREAMING")] RpcStreaming,
    [JsonStringEnumMemberName("WEBSOCKET")] Websocket,
}
