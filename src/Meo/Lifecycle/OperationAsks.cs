using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;
using IdempotencyKey = Mano.Meo.Northbound.IdempotencyKey;

namespace Mano.Meo.Lifecycle;

/// <summary>What people ask of an operation; what is asked and the caller's key are one commit.</summary>
internal sealed class OperationAsks(LifecycleCalls calls, SagaEngine engine, IdempotencyKeys keys)
{
    public Task<Outcome<OperationRecord>> Cancel(string operationId, IdempotencyKey? key, CancellationToken cancel) => Ask(operationId, key, engine.Cancel, cancel);

    public Task<Outcome<OperationRecord>> Retry(string operationId, IdempotencyKey? key, CancellationToken cancel) => Ask(operationId, key, engine.Retry, cancel);

    public Task<Outcome<OperationRecord>> Fail(string operationId, IdempotencyKey? key, CancellationToken cancel) => Ask(operationId, key, engine.Fail, cancel);

    private async Task<Outcome<OperationRecord>> Ask(
        string operationId,
        IdempotencyKey? key,
        Func<string, string, string, Batch?, CancellationToken, Task<Outcome<Stored<OperationRecord>>>> ask,
        CancellationToken cancel)
    {
        if ((await calls.Operation(operationId, cancel)).Failure is { } unknown)
        {
            return unknown;
        }

        return await keys.Once(
            key,
            again: known => calls.Operation(known.Subject, cancel),
            first: async use => (await ask(Tenants.Default, operationId, "a caller", use.Remember(new Batch(), operationId), cancel))
                .Then<OperationRecord>(operation => operation.Value),
            cancel);
    }
}
