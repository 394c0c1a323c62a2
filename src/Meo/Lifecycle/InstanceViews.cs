using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Sites;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>An instance as people see it: the record, its running operation, and what its site says at this moment.</summary>
internal sealed class InstanceViews(ISites sites, SiteDirectory directory, OperationAcceptance operations)
{
    public async ValueTask<Wire.AppInstance> Show(AppInstanceRecord record, CancellationToken cancel) =>
        InstanceWire.ToWire(record, Reported(record), await operations.RunningOn(record.Subject, cancel), NotSyncedSince(record));

    private DateTimeOffset? NotSyncedSince(AppInstanceRecord record) =>
        record.Location is { } at ? sites.View(at.SiteId, record.AppInstanceId).NotSyncedSince : null;

    private SiteInstance? Reported(AppInstanceRecord record)
    {
        if (record.Location is not { } at)
        {
            return null;
        }

        // A site that was heard out and does not name it has nothing of it; what it once said is for when it cannot be heard.
        var view = sites.View(at.SiteId, record.AppInstanceId);
        var reported = view.Instance ?? (view.IsSynced ? null : record.LastReport);
        var site = directory.Find(at.SiteId);
        return reported is null || site is null || site.Health is SiteHealth.Alive or SiteHealth.Suspect
            ? reported
            : InstanceWire.Unheard(reported, at.SiteId, site.Health, site.LastHeartbeat);
    }
}
