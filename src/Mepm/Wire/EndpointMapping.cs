using Mano.Mepm.Instances;
using WireEndpoint = Mano.Common.V1.Endpoint;
using WirePort = Mano.Common.V1.Port;

namespace Mano.Mepm.Wire;

/// <summary>Endpoints and ports, there and back.</summary>
internal static class EndpointMapping
{
    public static WireEndpoint ToWire(this Endpoint endpoint)
    {
        var wire = new WireEndpoint { Address = endpoint.Address };
        wire.Ports.AddRange(endpoint.Ports.Select(p => new WirePort { Name = p.Name, Protocol = p.Protocol, Number = (uint)p.Number }));
        return wire;
    }

    public static Endpoint? ToDomain(this WireEndpoint? wire) =>
        wire is null ? null : new(wire.Address, [.. wire.Ports.Select(p => new RequiredPort(p.Name, p.Protocol, (int)p.Number))]);
}
