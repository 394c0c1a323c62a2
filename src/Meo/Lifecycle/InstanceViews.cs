using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Sites;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>An instance as people see it: the record, its running operation, and what its site says at this moment.</summary>
internal sealed class InstanceViews(ISites sites, SiteDirectory directory, OperationAcceptance operations)
{
    public async ValueTask<Wire.AppInstance> Show(AppInstanceRecord record, CancellationToken cancel) =>
        await operations.RunningOn(record.Subject, cancel) is var running && record.Location is { } at
            ? Show(record, at, sites.View(at.SiteId, record.AppInstanceId), running)
            : InstanceWire.ToWire(record, null, running, null);

    private Wire.AppInstance Show(AppInstanceRecord record, InstanceLocation at, SiteView view, string? running)
    {
        // A site that was heard out and does not name it has nothing of it; what it once said is for when it cannot be heard.
        var reported = view.Instance ?? (view.IsSynced ? null : record.LastReport);
        var site = directory.Find(at.SiteId);
        var shown = site is { Health: SiteHealth.Lost or SiteHealth.Left } && reported is not null
                ? InstanceWire.Unheard(reported, at.SiteId, site.Health, site.LastHeartbeat)
            : view.NotSyncedSince is { } since && reported is not null ? InstanceWire.Old(reported, at.SiteId, since)
            : view.IsSynced && reported is null && running is null && record is { State: not AppInstanceState.NotInstantiated, LastReport: { } last }
                ? InstanceWire.Lost(last, at.SiteId)
            : reported;
        return InstanceWire.ToWire(record, shown, running, view.NotSyncedSince);
    }
}
