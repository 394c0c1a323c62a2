using System.Net;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Mano.MecPlatform;

/// <summary>
/// Where the platform is reached; known once it has started. What listens on every address (in a container it must) is
/// told with the host of <see cref="PlatformOptions.Advertise"/>: 0.0.0.0 leads nobody here.
/// </summary>
internal sealed class PlatformAddresses(IServer server, IDnsBackend dns, SocksGateway gateway, PlatformOptions options)
{
    /// <summary>Root of Mp1 over REST: <c>http://127.0.0.1:7414</c>.</summary>
    public string Mp1Url
    {
        get
        {
            // The server lists its addresses in the order in which it listens: gRPC, then HTTP.
            var bound = server.Features.Get<IServerAddressesFeature>()?.Addresses.ElementAtOrDefault(1);
            return Uri.TryCreate(bound, UriKind.Absolute, out var url) && IPAddress.TryParse(url.Host, out var address)
                ? $"{url.Scheme}://{Reached(new(address, url.Port))}"
                : bound ?? string.Empty;
        }
    }

    public string Dns => Reached(dns.Address);

    /// <summary>The SOCKS 5 gateway; empty where the kernel carries the traffic.</summary>
    public string Gateway => options.DataPlane == DataPlaneKind.Userspace ? Reached(gateway.Address) : string.Empty;

    private string Reached(IPEndPoint bound) =>
        (bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any)) && options.Advertise is { } advertise
            ? $"{advertise.Host}:{bound.Port}"
            : bound.ToString();
}
