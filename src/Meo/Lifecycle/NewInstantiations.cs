using System.Collections.Immutable;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>An instantiation that may be, and is to be placed.</summary>
/// <param name="OperationId">Of the operation that it becomes.</param>
/// <param name="Found">The instance as it was read.</param>
/// <param name="Request">What it needs of a host.</param>
/// <param name="Timeout">As in <see cref="InstantiateWish"/>.</param>
/// <param name="Wishes">What the VIM is told beside; null: nothing.</param>
internal sealed record NewInstantiation(string OperationId, Stored<AppInstanceRecord> Found, PlacementRequest Request, TimeSpan? Timeout, InstanceWishes? Wishes);

/// <summary>What an instantiation is made of: whether it may be, and its operation once it has a place.</summary>
internal sealed class NewInstantiations(AppInstances instances, IPackageCatalogue packages, OperationAcceptance acceptance, IIdSource ids)
{
    /// <summary>What the instance needs, if its state, what is at work on it, and its package allow it.</summary>
    public async Task<Outcome<NewInstantiation>> Check(InstantiateWish wish, CancellationToken cancel)
    {
        if (!(await instances.Get(wish.AppInstanceId, cancel)).TryGet(out var found, out var failure)
            || !(await Check(found.Value, wish.OfVim, cancel)).TryGet(out var package, out failure))
        {
            return failure;
        }

        var operationId = ids.NewId();
        return new NewInstantiation(operationId, found, PlacementNeeds.Of(package, wish.Constraints, operationId, found.Value.AppInstanceId), wish.Timeout, wish.OfVim);
    }

    /// <param name="wanted">Which.</param>
    /// <param name="booked">Where.</param>
    /// <param name="together">What else the caller commits with it.</param>
    /// <param name="makingRoom">The terminations that it waits for.</param>
    public NewOperation<InstantiateApp> Operation(NewInstantiation wanted, Booking booked, Batch together, ImmutableArray<string> makingRoom)
    {
        var record = wanted.Found.Value;
        var reserved = record with
        {
            Generation = record.Generation + InstantiateApp.Generations,
            Location = new(booked.Decision.SiteId!, booked.Decision.HostId!, booked.Decision.Zone ?? ""),
            Wishes = wanted.Wishes,
        };
        var input = new InstantiateApp(
            record.AppInstanceId, record.Name.Length > 0 ? record.Name : record.AppName, record.AppPkgId, record.Generation + 1, wanted.Request.Needed, booked.Decision)
        {
            MakingRoom = makingRoom.IsEmpty ? null : [.. makingRoom],
            Wishes = wanted.Wishes,
        };
        return OperationAcceptance.New(
            wanted.OperationId, record, input, wanted.Timeout ?? acceptance.Options.InstantiateTimeout, AppInstances.Put(together, reserved, wanted.Found.Version));
    }

    private async Task<Outcome<OnboardedPackage>> Check(AppInstanceRecord record, InstanceWishes? wishes, CancellationToken cancel)
    {
        var refusal = AppInstanceStates.Refuse(record.State, LifecycleAction.Instantiate, record.AppInstanceId)
            ?? await acceptance.RefuseWhileRunning(record, cancel)
            ?? InstanceCreation.Residue(record, "instantiate");
        if (refusal is not null)
        {
            return refusal;
        }

        var package = await packages.GetOnboarded(record.Tenant, record.AppPkgId, cancel);
        return package.Then<OnboardedPackage>(p => (PackageRules.RefuseNewInstance(p) ?? PackageRules.RefuseChartValues(p, wishes)) is { } refused ? refused : p);
    }
}
