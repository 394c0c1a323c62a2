using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Sites;

namespace Mano.Meo.Lifecycle;

/// <summary>An instance as people see it: the record, its running operation, and what its site says at this moment.</summary>
internal sealed class InstanceViews(ISites sites, SiteDirectory directory, OperationAcceptance operations)
{
    /// <summary>How long news of a site may be under way that another replica has had already.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// As <see cref="Show(AppInstanceRecord, CancellationToken)"/>, for one instance alone: when the record knows of more than this replica's stream from the
    /// site has brought, because another replica saw it first, the stream is waited for. If it brings nothing, what it says is the truth.
    /// </summary>
    public async ValueTask<InstanceView> ShowFresh(AppInstanceRecord record, CancellationToken cancel)
    {
        if (record is { Location: { } at, LastReport: { } last } && IsBehind(sites.View(at.SiteId, record.AppInstanceId), last))
        {
            using var lag = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            lag.CancelAfter(Lag);
            try
            {
                await foreach (var view in sites.Watch(at.SiteId, record.AppInstanceId, lag.Token))
                {
                    if (!IsBehind(view, last))
                    {
                        break;
                    }
                }
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                // The site has no more to say.
            }
        }

        return await Show(record, cancel);
    }

    private static bool IsBehind(SiteView view, SiteInstance last) =>
        view.IsSynced && (view.Instance is not { } seen || seen.ObservedGeneration < last.ObservedGeneration);

    public async ValueTask<InstanceView> Show(AppInstanceRecord record, CancellationToken cancel) =>
        await operations.RunningOn(record.Subject, cancel) is var running && record.Location is { } at
            ? Show(record, at, sites.View(at.SiteId, record.AppInstanceId), running)
            : new(record, null, running, null);

    private InstanceView Show(AppInstanceRecord record, InstanceLocation at, SiteView view, string? running)
    {
        // A site that was heard out and does not name it has nothing of it; what it once said is for when it cannot be heard.
        var reported = view.Instance ?? (view.IsSynced ? null : record.LastReport);
        var site = directory.Find(at.SiteId);
        var shown = site is { Health: SiteHealth.Lost or SiteHealth.Left } && reported is not null
                ? InstanceReports.Unheard(reported, at.SiteId, site.Health, site.LastHeartbeat)
            : view.NotSyncedSince is { } since && reported is not null ? InstanceReports.Old(reported, at.SiteId, since)
            : view.IsSynced && reported is null && running is null && record is { State: not AppInstanceState.NotInstantiated, LastReport: { } last }
                ? InstanceReports.Lost(last, at.SiteId)
            : reported;
        return new(record, shown, running, view.NotSyncedSince);
    }
}
