using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle.Operations;

/// <summary>
/// Takes an instance down and gives everything back (MEC 010-2, TERMINATE). It only goes forward: an application that
/// was told to finish cannot be made not to have been told, so nothing here has an undo. Past its deadline it ends in
/// FAILED_TEMP and a retry goes on where it stood; every step removes by id whatever is there, also what an operation
/// before it left behind.
/// </summary>
internal sealed class TerminateAppOperation(AppInstances instances, CapacityHolds holds, Grants grants, SiteSteps site, TimeProvider clock)
    : IOperation<TerminateApp>
{
    private static readonly StepKey<Done> Gone = StepKey.Plain("site");
    private static readonly StepKey<Done> Released = StepKey.Plain("capacity");
    private static readonly StepKey<Done> GivenBack = StepKey.Plain("grant-return");

    public static string Name => "app-instance.terminate.v1";

    public static JsonTypeInfo<TerminateApp> InputType => LifecycleJson.Default.TerminateApp;

    public void Describe(SagaBuilder<TerminateApp> saga) => saga
        .Final(Gone, RemoveFromSite)
        .Final(Released, ReleaseCapacity)
        .Final(GivenBack, GiveBackGrant);

    private async Task<Outcome<Done>> RemoveFromSite(StepContext<TerminateApp> step, CancellationToken cancel)
    {
        var input = step.Input;
        if (input.SiteId.Length > 0)
        {
            await site.RemoveUntilGone(input.SiteId, input.AppInstanceId, input.Generation, input.Graceful, step.Report, cancel);
        }

        return Done.It;
    }

    private async Task<Outcome<Done>> ReleaseCapacity(StepContext<TerminateApp> step, CancellationToken cancel)
    {
        await holds.ReleaseIfAny(step.Input.AppInstanceId, operationId: null, step.Fence, cancel);
        return Done.It;
    }

    private async Task<Outcome<Done>> GiveBackGrant(StepContext<TerminateApp> step, CancellationToken cancel)
    {
        await grants.GiveBackIfAny(step, step.Input.AppInstanceId, operationId: null, cancel);
        if (await instances.Find(step.Input.AppInstanceId, cancel) is { } found)
        {
            step.CommitTogether(AppInstances.Put(new Batch(), found.Value.Nowhere(clock.GetUtcNow()), found.Version));
        }

        return Done.It;
    }
}
