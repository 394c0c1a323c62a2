using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// Accepts that an instance is given up without its site. It takes over whatever is at work on the instance, whatever state that is in:
/// nothing of it needs to be undone first, because the debt covers the site and the one step gives back the rest.
/// </summary>
internal sealed class InstanceForce(AppInstances instances, OperationAcceptance acceptance, SiteDirectory sites, IIdSource ids)
{
    private const int Tries = 8;

    /// <summary>The operation; or, with <paramref name="delete"/>, null when nothing but a record is left to be deleted in the ordinary way.</summary>
    public async Task<Outcome<OperationRecord?>> Accept(string appInstanceId, bool delete, TimeSpan? timeout, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            if (!(await instances.Get(appInstanceId, cancel)).TryGet(out var found, out var failure))
            {
                return failure;
            }

            var record = found.Value;
            if (record is { State: AppInstanceState.NotInstantiated, Location: null } && await acceptance.RunningOn(record.Subject, cancel) is null)
            {
                return delete ? Outcome<OperationRecord?>.Of(null) : AppInstanceStates.Refuse(record.State, LifecycleAction.Terminate, appInstanceId)!;
            }

            if (RefuseWhileHeard(record) is { } alive)
            {
                return alive;
            }

            var accepted = await Accept(found, delete, timeout, use, cancel);
            if (left == 1 || accepted.Failure?.Reason != StateFailures.VersionConflict || accepted.Failure.Subject != found.Key)
            {
                return accepted.Then<OperationRecord?>(operation => operation);
            }
        }
    }

    private Task<Outcome<OperationRecord>> Accept(Stored<AppInstanceRecord> found, bool delete, TimeSpan? timeout, FirstUse use, CancellationToken cancel)
    {
        var record = found.Value;
        var operationId = ids.NewId();
        var generation = record.Generation + 1;
        var wanted = OperationAcceptance.New(
            operationId,
            record,
            new ForceTerminateApp(record.AppInstanceId, generation, record.Location, delete, Why(record.Location)),
            timeout ?? acceptance.Options.TerminateTimeout,
            use.Remember(AppInstances.Put(new Batch(), record with { Generation = generation }, found.Version), operationId));
        return acceptance.Accept<ForceTerminateAppOperation, ForceTerminateApp>(
            wanted with { TakesOver = [InstantiateAppOperation.Name, OperateAppOperation.Name, TerminateAppOperation.Name] }, cancel);
    }

    private Failure? RefuseWhileHeard(AppInstanceRecord record)
    {
        if (record.Location is not { } at || sites.Find(at.SiteId) is not { Health: SiteHealth.Alive or SiteHealth.Suspect } site)
        {
            return null;
        }

        var health = site.Health.ToString().ToUpperInvariant();
        return Failure.IllegalState(
            "SITE_ALIVE",
            $"Site {at.SiteId} is {health}, so it can take the instance down itself: terminate it without force. Force is for a site that is LOST or LEFT.",
            record.Subject,
            health,
            "LOST",
            "LEFT");
    }

    private string Why(InstanceLocation? at) =>
        at is null ? "" : sites.Find(at.SiteId) is { } site
            ? $"given up by force while site {at.SiteId} was {site.Health.ToString().ToUpperInvariant()}"
            : $"given up by force while site {at.SiteId} was not in the inventory";
}
