using Mano.Mesh.Channels;
using Mano.Platform.V1;

namespace Mano.Mepm.Platforms;

/// <summary>Platforms by their address.</summary>
internal interface IPlatformLinks
{
    IPlatform To(Uri address);
}

/// <summary>Over gRPC.</summary>
internal sealed class Mm5Platforms(GrpcChannels channels) : IPlatformLinks
{
    public IPlatform To(Uri address) => new Mm5Platform(new PlatformService.PlatformServiceClient(channels.For(address.ToString().TrimEnd('/'))));
}
