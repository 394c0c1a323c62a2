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
    private const string One = "/mano.lifecycle.v1.LifecycleService/InstantiateAppInstance";
    private const string Several = "/mano.lifecycle.v1.LifecycleService/InstantiateAppInstances";

    /// <summary>Of a call that did not come over gRPC.</summary>
    public Task<Outcome<OperationRecord>> Accept(InstantiateWish wish, string? key, CancellationToken cancel) =>
        Accept(InstantiateWire.ToWire(wish), key, PassableCall.Of(key, cancel));

    /// <param name="request">Checked by <see cref="LifecycleRules"/>.</param>
    /// <param name="key">The caller's idempotency key, or null.</param>
    /// <param name="call">What goes along when it is passed on.</param>
    public Task<Outcome<OperationRecord>> Accept(Wire.InstantiateAppInstanceRequest request, string? key, PassableCall call) => keys.Once(
        CallKeys.Of(key, One, request),
        again: known => calls.Operation(known.Subject, call.Cancel),
        first: use => capacity.ByOwner(
            call,
            forward: (owner, headers, cancel) => owner.InstantiateAppInstanceAsync(request, headers, call.Deadline, cancel),
            here: () => calls.Instantiation.Accept(InstantiateWire.ToModel(request), use, call.Cancel),
            result: answer => calls.Operation(answer.Operation.OperationId, call.Cancel)),
        call.Cancel);

    /// <summary>The same for several together, all or none.</summary>
    public Task<Outcome<IReadOnlyList<OperationRecord>>> Accept(Wire.InstantiateAppInstancesRequest request, string? key, PassableCall call) => keys.Once(
        CallKeys.Of(key, Several, request),
        again: known => Operations(known.Subject.Split(','), call.Cancel),
        first: use => capacity.ByOwner(
            call,
            forward: (owner, headers, cancel) => owner.InstantiateAppInstancesAsync(request, headers, call.Deadline, cancel),
            here: () => calls.Instantiation.AcceptAll([.. request.Members.Select(InstantiateWire.ToModel)], use, call.Cancel),
            result: answer => Operations(answer.Operations.Select(o => o.OperationId), call.Cancel)),
        call.Cancel);

    private async Task<Outcome<IReadOnlyList<OperationRecord>>> Operations(IEnumerable<string> ids, CancellationToken cancel)
    {
        var found = new List<OperationRecord>();
        foreach (var id in ids)
        {
            if (!(await calls.Operation(id, cancel)).TryGet(out var operation, out var failure))
            {
                return failure;
            }

            found.Add(operation);
        }

        return Outcome<IReadOnlyList<OperationRecord>>.Of(found);
    }
}
