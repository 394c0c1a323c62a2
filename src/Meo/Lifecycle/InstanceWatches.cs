using Mano.Meo.Northbound.Queries;
using Mano.Mesh.State;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Instances as they change, for ever: what is stored of them, which every replica tells alike and in one order.</summary>
internal sealed class InstanceWatches(IStateStore store, TimeProvider clock)
{
    private static readonly WatchSource<Wire.AppInstance> Source = new(AppInstances.Key(""), Show, Gone: key => new() { AppInstanceId = key[AppInstances.Key("").Length..] });

    public IAsyncEnumerable<Watched<Wire.AppInstance>> All(Wire.WatchAppInstancesRequest request, CancellationToken cancel) =>
        WatchQuery<Wire.AppInstance>.Of(request).Run(store, Source, clock, cancel);

    private static Wire.AppInstance Show(Entry entry)
    {
        var record = entry.As(LifecycleJson.Default.AppInstanceRecord).Value;
        return InstanceWire.ToWire(new(record, record.State == AppInstanceState.NotInstantiated ? null : record.LastReport, null, null));
    }
}
