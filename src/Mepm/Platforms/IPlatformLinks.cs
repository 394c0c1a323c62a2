using Mano.Mepm.Hosts;
using Mano.Mesh.Channels;
using Mano.Platform.V1;

namespace Mano.Mepm.Platforms;

/// <summary>The platforms of hosts.</summary>
internal interface IPlatformLinks
{
    IPlatform To(HostOptions host);
}

/// <summary>Over gRPC, at the address that the operator gave or, without one, at the one that the catalogue has at that moment.</summary>
/// <param name="catalogued">Addresses of the platforms of a host, by its id.</param>
internal sealed class Mm5Platforms(GrpcChannels channels, Func<string, IReadOnlyList<string>> catalogued) : IPlatformLinks
{
    public IPlatform To(HostOptions host) => new Mm5Platform(host.Platform is { } address
        ? new PlatformService.PlatformServiceClient(channels.For(address.ToString().TrimEnd('/')))
        : new PlatformService.PlatformServiceClient(new FailoverCallInvoker(channels, () => catalogued(host.HostId), $"platform of host {host.HostId}")));
}
