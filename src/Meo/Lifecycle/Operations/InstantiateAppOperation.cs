using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>Instantiates one application instance on one MEC host (MEC 010-2, INSTANTIATE). docs/theory/instantiate.md tells the story.</summary>
internal sealed class InstantiateAppOperation(AppInstances instances, CapacityHolds holds, Grants grants, SiteSteps site, TimeProvider clock)
    : IOperation<InstantiateApp>
{
    private static readonly StepKey<InstanceLocation> Placed = new("placement", LifecycleJson.Default.InstanceLocation);
    private static readonly StepKey<Done> Held = StepKey.Plain("capacity");
    private static readonly StepKey<Grant> Granted = new(MecStates.GrantStep, LifecycleJson.Default.Grant);
    private static readonly StepKey<Done> Asked = StepKey.Plain("site");
    private static readonly StepKey<Done> Ready = StepKey.Plain("ready");

    public static string Name => "app-instance.instantiate.v1";

    public static JsonTypeInfo<InstantiateApp> InputType => LifecycleJson.Default.InstantiateApp;

    public void Describe(SagaBuilder<InstantiateApp> saga) => saga
        .Decide(Placed, PlacementMadeAtAcceptance)
        .Accepted(Held, undo: ReleaseCapacity)
        .Effect(Granted, EnsureGrant, undo: GiveBackGrant)
        .Effect(Asked, EnsureOnSite, undo: RemoveFromSite)
        .Effect(Ready, WaitUntilReady, undo: NothingMore);

    private static Outcome<InstanceLocation> PlacementMadeAtAcceptance(StepContext<InstantiateApp> step)
    {
        var placement = step.Input.Placement;
        return new InstanceLocation(placement.SiteId!, placement.HostId!, placement.Zone ?? "");
    }

    private async Task ReleaseCapacity(StepContext<InstantiateApp> step, CancellationToken cancel)
    {
        await holds.ReleaseIfAny(step.Input.AppInstanceId, step.OperationId, step.Fence, cancel);
        if (await instances.Find(step.Input.AppInstanceId, cancel) is { Value.Location: not null } found)
        {
            step.CommitTogether(AppInstances.Put(new Batch(), found.Value.Nowhere(clock.GetUtcNow()), found.Version));
        }
    }

    private Task<Outcome<Grant>> EnsureGrant(StepContext<InstantiateApp> step, CancellationToken cancel) =>
        grants.EnsureStanding(step, step.Input.AppInstanceId, step.Output(Placed), step.Input.Amount, cancel);

    private Task GiveBackGrant(StepContext<InstantiateApp> step, CancellationToken cancel) =>
        grants.GiveBackIfAny(step, step.Input.AppInstanceId, step.OperationId, cancel);

    private async Task<Outcome<Done>> EnsureOnSite(StepContext<InstantiateApp> step, CancellationToken cancel)
    {
        var at = step.Output(Placed);
        if (step.Input.MakingRoom is { } leaving && (await site.UntilLeft(leaving, step.Report, cancel)).Failure is { } stays)
        {
            return stays;
        }

        step.Report($"telling site {at.SiteId}");
        return await site.Ensure(at.SiteId, Wanted(step), step.Input.AppPkgId, cancel);
    }

    private Task RemoveFromSite(StepContext<InstantiateApp> step, CancellationToken cancel) => site.RemoveUntilGone(
        step.Output(Placed).SiteId, step.Input.AppInstanceId, step.Input.Generation + 1, TimeSpan.Zero, step.Report, cancel);

    private async Task<Outcome<Done>> WaitUntilReady(StepContext<InstantiateApp> step, CancellationToken cancel)
    {
        var steady = await site.UntilSteady(step.Output(Placed).SiteId, Wanted(step), step.Input.AppPkgId, step.Report, cancel);
        if (!steady.TryGet(out var report, out var failure))
        {
            return failure;
        }

        if (!(await instances.Get(step.Input.AppInstanceId, cancel)).TryGet(out var found, out failure))
        {
            return failure;
        }

        var instantiated = found.Value.After(LifecycleAction.Instantiate, report, clock.GetUtcNow());
        step.CommitTogether(AppInstances.Put(new Batch(), instantiated, found.Version));
        return Done.It;
    }

    // The wait has no effect of its own: what it waited for is undone by the step before.
    private static Task NothingMore(StepContext<InstantiateApp> step, CancellationToken cancel) => Task.CompletedTask;

    private static WantedApp Wanted(StepContext<InstantiateApp> step) => new(
        step.Input.AppInstanceId, step.Input.Name, step.Input.Generation, step.Output(Placed).HostId, Started: true, TimeSpan.Zero, step.Output(Granted), step.Input.Wishes);
}
