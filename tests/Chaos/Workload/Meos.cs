using Grpc.Core;
using Mano.Chaos.Topologies;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;

namespace Mano.Chaos.Workload;

/// <summary>The MEO's replicas as a caller has them: one channel each, through the links that faults hit.</summary>
internal sealed class Meos(Testbed testbed) : IDisposable
{
    private readonly GrpcChannels channels = new();

    public int Count => testbed.Meos.Count;

    public ChannelBase Channel(int replica) => channels.For(testbed.Meos[replica].ClientLink.Url.ToString());

    public LifecycleService.LifecycleServiceClient Lifecycle(int replica) => new(Channel(replica));

    public OperationService.OperationServiceClient Operations(int replica) => new(Channel(replica));

    public void Dispose() => channels.Dispose();
}
