using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Sagas;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// Instantiations as they are asked for at any replica and over any API: accepted once under their key, by the replica that owns the
/// ledger of capacity. What is passed on is the gRPC call, so over REST, too, a key stands for that.
/// </summary>
internal sealed class InstantiateCalls(LifecycleCalls calls, IdempotencyKeys keys, CapacityForwarding capacity)
{
    private const string Method = "/mano.lifecycle.v1.LifecycleService/InstantiateAppInstance";

    /// <summary>Of a call that did not come over gRPC.</summary>
    public Task<Outcome<OperationRecord>> Accept(string appInstanceId, PlacementConstraints constraints, string? key, CancellationToken cancel) =>
        Accept(new() { AppInstanceId = appInstanceId, Constraints = PlacementWire.ToWire(constraints) }, key, PassableCall.Of(key, cancel));

    /// <param name="request">Checked by <see cref="LifecycleRules"/>.</param>
    /// <param name="key">The caller's idempotency key, or null.</param>
    /// <param name="call">What goes along when it is passed on.</param>
    public Task<Outcome<OperationRecord>> Accept(Wire.InstantiateAppInstanceRequest request, string? key, PassableCall call) => keys.Once(
        CallKeys.Of(key, Method, request),
        again: known => calls.Operation(known.Subject, call.Cancel),
        first: use => capacity.ByOwner(
            request,
            call,
            here: () => calls.Instantiation.Accept(
                request.AppInstanceId, PlacementWire.ToModel(request.Constraints), request.Timeout?.ToTimeSpan(), use, call.Cancel),
            result: operation => calls.Operation(operation.OperationId, call.Cancel)),
        call.Cancel);
}
