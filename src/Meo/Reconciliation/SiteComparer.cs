using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Meo.Sites;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// Compares one site with what is intended, and has every difference repaired or reported. It looks twice: the two lists in memory
/// name the suspects; for each of those the record, the operations and the site itself are asked, so that an old list
/// accuses nobody. Whoever owns the ledger of capacity does it, and every commit carries that epoch.
/// </summary>
internal sealed class SiteComparer(Fleet fleet, ISiteReports sites, AppInstances instances, Findings findings, Repairs repairs)
{
    private const int AtOnce = 16;

    /// <param name="siteId">Which site.</param>
    /// <param name="thorough">Look at every instance: the site was listed anew, or it is time to.</param>
    /// <param name="fence">The ledger's.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task Compare(string siteId, bool thorough, ShardFence fence, CancellationToken cancel)
    {
        var report = sites.Report(siteId);
        if (!report.IsSynced)
        {
            return;
        }

        var open = await findings.Open(siteId, fence, cancel);
        var owed = fleet.OwedBy(siteId);
        var suspects = SiteComparison.Suspects(fleet.HeldBy(siteId), report.Ids, owed, thorough).Union(open.Keys.Where(id => !owed.Contains(id)));
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(suspects, limit, async (id, token) =>
            await Look(new(siteId, id, open.GetValueOrDefault(id), fence), report.Find(id), thorough, token));
    }

    private async Task Look(Suspect suspect, SiteInstance? listed, bool thorough, CancellationToken cancel)
    {
        var found = await instances.Find(suspect.AppInstanceId, cancel);
        if (await repairs.Operations.RunningOn(Tenants.Default, AppInstanceRecord.SubjectOf(suspect.AppInstanceId), cancel) is { } running)
        {
            // It is an operation's to put right; one that had given up because of the site has reason to try again.
            await (thorough ? repairs.RetryIfStuck(running, suspect.SiteId, cancel) : Task.CompletedTask);
            return;
        }

        var difference = SiteComparison.Judge(suspect.SiteId, found?.Value, listed);
        if (difference is not null)
        {
            if (!(await sites.Ask(suspect.SiteId, suspect.AppInstanceId, cancel)).TryGet(out var present, out _))
            {
                return;
            }

            difference = SiteComparison.Judge(suspect.SiteId, found?.Value, present);
            listed = present;
        }

        await (difference is { } wrong ? repairs.Act(wrong, suspect, found, listed, cancel)
            : suspect.Before is { } was ? repairs.Resolved(was, suspect, cancel)
            : Task.CompletedTask);
    }
}

/// <summary>An instance at a site that is looked at more closely.</summary>
/// <param name="SiteId">Which site.</param>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Before">What was found of it before and is not right yet, or null.</param>
/// <param name="Fence">Under which everything is committed.</param>
internal sealed record Suspect(string SiteId, string AppInstanceId, Finding? Before, ShardFence Fence);
