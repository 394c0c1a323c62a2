using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// Accepts instantiations. Placement, the hold on capacity, the instance's reserved generations, the idempotency key and
/// the operation are one commit: either all of it is promised, or nothing.
/// </summary>
internal sealed class InstanceInstantiation(
    AppInstances instances, IPackageCatalogue packages, HostChoice hosts, OperationAcceptance acceptance, IIdSource ids)
{
    private const int Tries = 8;

    public async Task<Outcome<OperationRecord>> Accept(
        string appInstanceId, PlacementConstraints constraints, TimeSpan? timeout, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            if (!(await instances.Get(appInstanceId, cancel)).TryGet(out var found, out var failure)
                || !(await Check(found.Value, cancel)).TryGet(out var package, out failure))
            {
                return failure;
            }

            var operationId = ids.NewId();
            var request = PlacementNeeds.Of(package, constraints, operationId, found.Value.AppInstanceId);
            if (!(await hosts.Book(request, cancel)).TryGet(out var booked, out failure))
            {
                return failure;
            }

            var accepted = await acceptance.AcceptWithHold(Operation(found, operationId, request.Needed, booked, timeout, use), booked.Hold, cancel);
            if (left == 1 || accepted.Failure?.Reason != StateFailures.VersionConflict || accepted.Failure.Subject != found.Key)
            {
                return accepted;
            }
        }
    }

    private async Task<Outcome<OnboardedPackage>> Check(AppInstanceRecord record, CancellationToken cancel)
    {
        var refusal = AppInstanceStates.Refuse(record.State, LifecycleAction.Instantiate, record.AppInstanceId)
            ?? await acceptance.RefuseWhileRunning(record, cancel)
            ?? InstanceCreation.Residue(record, "instantiate");
        if (refusal is not null)
        {
            return refusal;
        }

        var package = await packages.GetOnboarded(record.Tenant, record.AppPkgId, cancel);
        return package.Then<OnboardedPackage>(p => PackageRules.RefuseNewInstance(p) is { } disabled ? disabled : p);
    }

    private NewOperation<InstantiateApp> Operation(
        Stored<AppInstanceRecord> found,
        string operationId,
        Placement.ResourceAmount amount,
        (Placement.PlacementDecision Decision, CapacityHold Hold) booked,
        TimeSpan? timeout,
        FirstUse use)
    {
        var record = found.Value;
        var reserved = record with
        {
            Generation = record.Generation + InstantiateApp.Generations,
            Location = new(booked.Decision.SiteId!, booked.Decision.HostId!, booked.Decision.Zone ?? ""),
        };
        return OperationAcceptance.New(
            operationId,
            record,
            new InstantiateApp(
                record.AppInstanceId, record.Name.Length > 0 ? record.Name : record.AppName, record.AppPkgId, record.Generation + 1, amount, booked.Decision),
            timeout ?? acceptance.Options.InstantiateTimeout,
            use.Remember(AppInstances.Put(new Batch(), reserved, found.Version), operationId));
    }
}
