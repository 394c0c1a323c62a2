using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>An external connection point: how the application is reached (MEC 010-2 §6.2.1.6, IFA 011 Cpd).</summary>
public sealed record AppExternalCpd
{
    public required string CpdId { get; init; }
    public IReadOnlyList<string> LayerProtocol { get; init; } = [];
    public string? CpRole { get; init; }

    /// <summary>How each layer is addressed (IFA 011 §7.1.6.8).</summary>
    public IReadOnlyList<CpProtocol> CpProtocol { get; init; } = [];
    public string? Description { get; init; }
    public bool TrunkMode { get; init; }
    public IReadOnlyList<VirtualNetworkInterfaceRequirements> VirtualNetworkInterfaceRequirements { get; init; } = [];
    public IReadOnlyList<AdditionalServiceData> AdditionalServiceData { get; init; } = [];

    /// <summary>Every declared port of this connection point.</summary>
    [JsonIgnore]
    public IEnumerable<PortData> Ports => AdditionalServiceData.SelectMany(d => d.PortData);
}

/// <summary>Demands on the virtual network interface, for example SR-IOV, as key and value pairs.</summary>
public sealed record VirtualNetworkInterfaceRequirements(
    string? Name, string? Description, bool SupportMandatory, IReadOnlyDictionary<string, string> NetworkInterfaceRequirements);

/// <summary>Ports offered at a connection point (IFA 011 §7.1.6.17).</summary>
public sealed record AdditionalServiceData(IReadOnlyList<PortData> PortData, string? ServiceData);

/// <summary>One port: name, protocol, number 1..65535, and whether the platform may choose another.</summary>
public sealed record PortData(string Name, PortProtocol Protocol, int Port, bool PortConfigurable);

/// <summary>Transport protocols of a port.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PortProtocol>))]
public enum PortProtocol
{
    [JsonStringEnumMemberName("TCP")] Tcp,
    [JsonStringEnumMemberName("UDP")] Udp,
    [JsonStringEnumMemberName("SCTP")] Sctp,
}

/// <summary>A layer protocol, and the addresses it wants: MAC_ADDRESS or IP_ADDRESS, and whether they are assigned from outside.</summary>
public sealed record CpProtocol(string AssociatedLayerProtocol, IReadOnlyList<CpAddress> AddressData);

/// <summary>One address of a connection point; the kind is null where the package does not say.</summary>
public sealed record CpAddress(string? AddressType, bool AddressAssignment);
