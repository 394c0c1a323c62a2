using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>Gives an instance up without waiting for its site.</summary>
/// <param name="AppInstanceId">Which instance.</param>
/// <param name="Generation">Higher than any that an operation before it reserved; the site will be told to remove it under this one.</param>
/// <param name="Location">Where it is or was to be; null when it is nowhere.</param>
/// <param name="DeleteRecord">Whether the record goes too.</param>
/// <param name="Why">What is the matter with the site, for people.</param>
internal sealed record ForceTerminateApp(string AppInstanceId, long Generation, InstanceLocation? Location, bool DeleteRecord, string Why);

/// <summary>
/// Takes an instance down whose site cannot be asked (MEC 010-2, TERMINATE, and what the standard leaves open). One step and one
/// commit: capacity, grants and record are given back, and what may still run at the site becomes a debt. Whatever another
/// operation had begun is covered by that: the debt's generation is higher than any it can have told the site.
/// </summary>
internal sealed class ForceTerminateAppOperation(AppInstances instances, CapacityHolds holds, Grants grants, TimeProvider clock)
    : IOperation<ForceTerminateApp>
{
    private static readonly StepKey<Done> GivenUp = StepKey.Plain("debt");

    public static string Name => "app-instance.force-terminate.v1";

    public static JsonTypeInfo<ForceTerminateApp> InputType => LifecycleJson.Default.ForceTerminateApp;

    public void Describe(SagaBuilder<ForceTerminateApp> saga) => saga.Final(GivenUp, OweAndGiveBack);

    private async Task<Outcome<Done>> OweAndGiveBack(StepContext<ForceTerminateApp> step, CancellationToken cancel)
    {
        var input = step.Input;
        var found = await instances.Find(input.AppInstanceId, cancel);
        var held = await holds.Find(input.AppInstanceId, cancel);
        var batch = new Batch();
        if (input.Location is { } at)
        {
            var debt = DebtOf(step, at, held?.Value.Amount ?? default);
            Debts.Put(batch, debt);
            holds.TurnIntoDebt(debt);
        }

        _ = held is null ? batch : batch.Delete(held.Key, held.Version);
        _ = found is null ? batch
            : !input.DeleteRecord ? AppInstances.Put(batch, found.Value.Nowhere(clock.GetUtcNow()), found.Version)
            : AppInstances.Delete(batch, found);
        step.CommitTogether(batch);
        await grants.GiveBackIfAny(step, input.AppInstanceId, operationId: null, cancel);
        return Done.It;
    }

    private Debt DebtOf(StepContext<ForceTerminateApp> step, InstanceLocation at, ResourceAmount amount) => new()
    {
        SiteId = at.SiteId,
        HostId = at.HostId,
        AppInstanceId = step.Input.AppInstanceId,
        Generation = step.Input.Generation,
        Amount = amount,
        Since = clock.GetUtcNow(),
        Reason = Debt.Forced,
        OperationId = step.OperationId,
        Message = step.Input.Why,
    };
}
