using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>
/// A transport binding (MEC 010-2 §6.2.1.18). Entries that share a label are needed together; groups are
/// alternatives, and one group must be supported in full. One of the serializers suffices.
/// </summary>
public sealed record TransportDependency(
    TransportDescriptor Transport, IReadOnlyList<string> Serializers, IReadOnlyList<string> Labels);

/// <summary>A transport a produced service is offered on, with its serializers.</summary>
public sealed record TransportsSupported(TransportDescriptor Transport, IReadOnlyList<string> Serializers);

/// <summary>A transport (MEC 010-2 §6.2.1.19).</summary>
public sealed record TransportDescriptor
{
    /// <summary>REST_HTTP, MB_TOPIC_BASED, MB_ROUTING, MB_PUBSUB, RPC, RPC_STREAMING or WEBSOCKET.</summary>
    public required string Type { get; init; }
    public required string Protocol { get; init; }
    public required string Version { get; init; }
    public SecurityInfo? Security { get; init; }

    /// <summary>Mandatory in MEC 010-2, absent in MEC 037.</summary>
    public string? Name { get; init; }
    public string? Description { get; init; }

    /// <summary>Whatever the implementation needs beyond, as one text; key=value pairs where it was a mapping.</summary>
    public string? ImplSpecificInfo { get; init; }
}

/// <summary>Security of a transport (MEC 011 §8.1.5.4).</summary>
public sealed record SecurityInfo(OAuth2Info? OAuth2Info);

/// <summary>OAuth 2.0 of a transport: the grant types offered and where tokens are given.</summary>
public sealed record OAuth2Info(IReadOnlyList<string> GrantTypes, string? TokenEndpoint);
