using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Granting;

/// <summary>
/// The grants in force. An instance has one standing grant, under its own id, made and given back by its operations;
/// grants that a MEPM asked for while healing come beside it and leave with it.
/// </summary>
internal sealed class Grants(IStateStore store, TimeProvider clock)
{
    /// <summary>Grants that a MEPM may have had made for one instance, at most; more are refused.</summary>
    public const int MostOfOneInstance = 100;

    public static string Key(string grantId) => $"grant/{Tenants.Default}/{grantId}";

    /// <summary>The instance's standing grant: the one this operation made before, or a new one, stored with the end of the step.</summary>
    public async Task<Outcome<Grant>> EnsureStanding(
        StepContext step, string appInstanceId, InstanceLocation at, ResourceAmount amount, CancellationToken cancel)
    {
        var known = await Find(appInstanceId, cancel);
        if (known?.Value.OperationId == step.OperationId)
        {
            return known.Value;
        }

        var grant = new Grant
        {
            GrantId = appInstanceId,
            AppInstanceId = appInstanceId,
            OperationId = step.OperationId,
            SiteId = at.SiteId,
            HostId = at.HostId,
            Zone = at.Zone,
            Amount = amount,
            GrantTime = clock.GetUtcNow(),
        };
        step.CommitTogether(new Batch()
            .Put(Key(grant.GrantId), grant, GrantingJson.Default.Grant, known?.Version ?? Batch.MustNotExist)
            .Put(OfKey(appInstanceId, grant.GrantId), "{}"u8.ToArray()));
        return grant;
    }

    /// <summary>
    /// Gives back the instance's grants with the end of the step: all of them if its standing one is this operation's, or
    /// whosever it is when null. Giving nothing back is fine.
    /// </summary>
    public async Task GiveBackIfAny(StepContext step, string appInstanceId, string? operationId, CancellationToken cancel)
    {
        var standing = await Find(appInstanceId, cancel);
        if (standing is not null && operationId is not null && standing.Value.OperationId != operationId)
        {
            return;
        }

        var page = await store.Scan(OfKey(appInstanceId, ""), limit: MostOfOneInstance + 1, cancel: cancel);
        if (page.Entries.Count == 0)
        {
            return;
        }

        var batch = new Batch();
        foreach (var entry in page.Entries)
        {
            batch.Delete(entry.Key).Delete(Key(entry.Key[OfKey(appInstanceId, "").Length..]));
        }

        step.CommitTogether(batch);
    }

    /// <summary>One grant, or null.</summary>
    public async ValueTask<Stored<Grant>?> Find(string grantId, CancellationToken cancel) =>
        await store.Get(Key(grantId), GrantingJson.Default.Grant, cancel);

    /// <summary>Stores a grant that a MEPM asked for; the same id again is left as it is.</summary>
    public async Task<Outcome<Grant>> Add(Grant grant, CancellationToken cancel)
    {
        var beside = await store.Scan(OfKey(grant.AppInstanceId, ""), limit: MostOfOneInstance, cancel: cancel);
        if (beside.Entries.Count >= MostOfOneInstance)
        {
            return Failure.NoCapacity(
                "TOO_MANY_GRANTS", $"Instance {grant.AppInstanceId} has {MostOfOneInstance} grants; use the standing one.", "app-instance/" + grant.AppInstanceId);
        }

        // The standing grant must still be there when this one is written, or a terminate would leave it behind.
        var standing = await Find(grant.AppInstanceId, cancel);
        var result = await store.Commit(
            new Batch()
                .Check(Key(grant.AppInstanceId), standing?.Version ?? 0)
                .Put(Key(grant.GrantId), grant, GrantingJson.Default.Grant, Batch.MustNotExist)
                .Put(OfKey(grant.AppInstanceId, grant.GrantId), "{}"u8.ToArray()),
            cancel);
        return result.IsCommitted ? grant : result.ToFailure()!;
    }

    /// <summary>The grants of one instance, or of all, ordered by key.</summary>
    public async Task<Paged<Grant>> List(string? after, int limit, string appInstanceId, CancellationToken cancel)
    {
        if (appInstanceId.Length == 0)
        {
            var page = await store.Scan(Key(""), after is null ? null : Key(after), limit, cancel);
            var all = page.Entries.Select(e => e.As(GrantingJson.Default.Grant).Value).ToList();
            return new(all, page.HasMore ? all[^1].GrantId : "");
        }

        var own = await store.Scan(OfKey(appInstanceId, ""), after is null ? null : OfKey(appInstanceId, after), limit, cancel);
        var grants = new List<Grant>();
        foreach (var entry in own.Entries)
        {
            if (await Find(entry.Key[OfKey(appInstanceId, "").Length..], cancel) is { } found)
            {
                grants.Add(found.Value);
            }
        }

        return new(grants, own.HasMore ? own.Entries[^1].Key[OfKey(appInstanceId, "").Length..] : "");
    }

    private static string OfKey(string appInstanceId, string grantId) => $"grant-of/{Tenants.Default}/{appInstanceId}/{grantId}";
}
