using System.Text.Json.Serialization;

namespace Mano.VimAdapters.OpenStack.Neutron;

// The part of the Networking API v2.0 that is used, spelled as it is there.

internal sealed record NetworkList(IReadOnlyList<NetworkDetails> Networks);

internal sealed record NetworkAnswer(NetworkDetails Network);

internal sealed record NetworkDetails
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string? ProjectId { get; init; }

    public bool Shared { get; init; }

    [JsonPropertyName("router:external")]
    public bool IsExternal { get; init; }

    public IReadOnlyList<string> Subnets { get; init; } = [];
}

internal sealed record CreateNetworkRequest(CreateNetwork Network);

internal sealed record CreateNetwork(string Name, string Description);

internal sealed record SubnetList(IReadOnlyList<SubnetDetails> Subnets);

internal sealed record SubnetAnswer(SubnetDetails Subnet);

internal sealed record SubnetDetails
{
    public string Id { get; init; } = "";

    public string Cidr { get; init; } = "";

    [JsonPropertyName("ip_version")]
    public int IpVersion { get; init; }
}

internal sealed record CreateSubnetRequest(CreateSubnet Subnet);

internal sealed record CreateSubnet
{
    public required string Name { get; init; }

    public required string Description { get; init; }

    public required string NetworkId { get; init; }

    public required string Cidr { get; init; }

    public int IpVersion { get; init; } = 4;
}

internal sealed record PortList(IReadOnlyList<PortDetails> Ports);

internal sealed record PortAnswer(PortDetails Port);

internal sealed record PortDetails
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public string NetworkId { get; init; } = "";

    /// <summary>The server that has it; empty: none.</summary>
    public string? DeviceId { get; init; }

    public IReadOnlyList<FixedAddress> FixedIps { get; init; } = [];

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>Null where this Neutron has none.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

internal sealed record FixedAddress
{
    public string? IpAddress { get; init; }

    public string? SubnetId { get; init; }
}

internal sealed record CreatePortRequest(CreatePort Port);

internal sealed record CreatePort
{
    public required string NetworkId { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public IReadOnlyList<FixedAddress>? FixedIps { get; init; }

    public IReadOnlyList<string>? SecurityGroups { get; init; }
}

internal sealed record SecurityGroupList(IReadOnlyList<SecurityGroupDetails> SecurityGroups);

internal sealed record SecurityGroupAnswer(SecurityGroupDetails SecurityGroup);

internal sealed record SecurityGroupDetails
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Description { get; init; }

    public IReadOnlyList<SecurityRule> SecurityGroupRules { get; init; } = [];
}

internal sealed record CreateSecurityGroupRequest(CreateSecurityGroup SecurityGroup);

internal sealed record CreateSecurityGroup(string Name, string Description);

internal sealed record SecurityRule
{
    public string? Direction { get; init; }

    public string? Ethertype { get; init; }

    public string? Protocol { get; init; }

    public int? PortRangeMin { get; init; }

    public int? PortRangeMax { get; init; }
}

internal sealed record CreateRuleRequest(CreateRule SecurityGroupRule);

internal sealed record CreateRule
{
    public required string SecurityGroupId { get; init; }

    public string Direction { get; init; } = "ingress";

    public required string Ethertype { get; init; }

    public required string Protocol { get; init; }

    public required int PortRangeMin { get; init; }

    public required int PortRangeMax { get; init; }
}

internal sealed record TagList(IReadOnlyList<string> Tags);

internal sealed record QuotaAnswer(NetworkQuota Quota);

internal sealed record NetworkQuota
{
    public QuotaFigure? Port { get; init; }

    public QuotaFigure? SecurityGroup { get; init; }
}

internal sealed record QuotaFigure(long Limit, long Used);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NetworkList))]
[JsonSerializable(typeof(NetworkAnswer))]
[JsonSerializable(typeof(CreateNetworkRequest))]
[JsonSerializable(typeof(SubnetList))]
[JsonSerializable(typeof(SubnetAnswer))]
[JsonSerializable(typeof(CreateSubnetRequest))]
[JsonSerializable(typeof(PortList))]
[JsonSerializable(typeof(PortAnswer))]
[JsonSerializable(typeof(CreatePortRequest))]
[JsonSerializable(typeof(SecurityGroupList))]
[JsonSerializable(typeof(SecurityGroupAnswer))]
[JsonSerializable(typeof(CreateSecurityGroupRequest))]
[JsonSerializable(typeof(CreateRuleRequest))]
[JsonSerializable(typeof(TagList))]
[JsonSerializable(typeof(QuotaAnswer))]
internal sealed partial class NeutronJson : JsonSerializerContext;
