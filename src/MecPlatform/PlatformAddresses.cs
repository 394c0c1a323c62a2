using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Mano.MecPlatform;

/// <summary>Where the platform is reached; known once it has started.</summary>
internal sealed class PlatformAddresses(IServer server, DnsServer dns, SocksGateway gateway, PlatformOptions options)
{
    /// <summary>Root of Mp1 over REST: <c>http://127.0.0.1:7414</c>. The server lists its addresses in the order in which it listens: gRPC, then HTTP.</summary>
    public string Mp1Url => server.Features.Get<IServerAddressesFeature>()?.Addresses.ElementAtOrDefault(1) ?? string.Empty;

    public string Dns => dns.Address.ToString();

    /// <summary>The SOCKS 5 gateway; empty where the kernel carries the traffic.</summary>
    public string Gateway => options.DataPlane == DataPlaneKind.Userspace ? gateway.Address.ToString() : string.Empty;
}
