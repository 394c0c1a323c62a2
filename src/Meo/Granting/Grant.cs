using System.Text.Json.Serialization;
using Mano.Meo.Placement;

namespace Mano.Meo.Granting;

/// <summary>Permission to use a host's resources (MEC 010-2 Grant, narrowed to one compute). Stored under <c>grant/{tenant}/{id}</c>.</summary>
internal sealed record Grant
{
    /// <summary>The instance's id for its standing grant; what the MEPM chose for one it asked for.</summary>
    public required string GrantId { get; init; }

    public required string AppInstanceId { get; init; }

    /// <summary>The operation that it was given for; empty when a MEPM asked.</summary>
    public required string OperationId { get; init; }

    public required string SiteId { get; init; }

    public required string HostId { get; init; }

    public required string Zone { get; init; }

    public required ResourceAmount Amount { get; init; }

    public required DateTimeOffset GrantTime { get; init; }
}

[JsonSerializable(typeof(Grant))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class GrantingJson : JsonSerializerContext;
