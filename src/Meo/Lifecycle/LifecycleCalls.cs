using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>What the lifecycle service offers, one class each; and the two look-ups that every call shares.</summary>
internal sealed class LifecycleCalls(
    AppInstances instances, InstanceCreation creation, InstanceInstantiation instantiation, InstanceTermination termination,
    InstanceForce force, InstanceViews views, OperationReader operations)
{
    public AppInstances Instances => instances;

    public InstanceCreation Creation => creation;

    public InstanceInstantiation Instantiation => instantiation;

    public InstanceTermination Termination => termination;

    public InstanceForce Force => force;

    public InstanceViews Views => views;

    public OperationReader Operations => operations;

    /// <summary>One instance, or NotFound.</summary>
    public async Task<Outcome<AppInstanceRecord>> Get(string appInstanceId, CancellationToken cancel) =>
        (await instances.Get(appInstanceId, cancel)).Then<AppInstanceRecord>(found => found.Value);

    /// <summary>What a creation made, as it is now; as it was made if it is gone since, so that a creation repeated late is no failure.</summary>
    public async Task<Outcome<AppInstanceRecord>> GetOrAsMade(RememberedRequest creation, CancellationToken cancel) =>
        await instances.Find(creation.Subject, cancel) is { } found ? found.Value
            : creation.AsMade(LifecycleJson.Default.AppInstanceRecord) is { } made ? made
            : AppInstances.NotFound(creation.Subject);

    /// <summary>One operation, or NotFound.</summary>
    public async Task<Outcome<OperationRecord>> Operation(string operationId, CancellationToken cancel) =>
        await FindOperation(operationId, cancel) is { } found ? found : OperationNotFound(operationId);

    public static Failure OperationNotFound(string operationId) => Failure.NotFound(
        "OPERATION_NOT_FOUND", $"There is no operation '{operationId}'; list the operations to see which there are.", operationId);

    private async ValueTask<OperationRecord?> FindOperation(string id, CancellationToken cancel) =>
        id.Length is > 0 and <= 128 && !id.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? (await operations.Find(Tenants.Default, id, cancel))?.Value
            : null;
}
