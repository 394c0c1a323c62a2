using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>mano.lifecycle.v1.OperationService: operations listed, got, watched, cancelled, tried again, failed.</summary>
internal sealed class OperationGrpcService(LifecycleCalls calls, SagaEngine engine, IStateStore store, IdempotencyKeys keys)
    : Wire.OperationService.OperationServiceBase
{
    public override async Task<Wire.GetOperationResponse> GetOperation(Wire.GetOperationRequest request, ServerCallContext context) =>
        new() { Operation = OperationWire.ToWire((await calls.Operation(request.OperationId, context.CancellationToken)).Value) };

    public override async Task<Wire.ListOperationsResponse> ListOperations(Wire.ListOperationsRequest request, ServerCallContext context)
    {
        var size = Paging.Size(request.PageSize);
        var prefix = request.AppInstanceId.Length > 0 ? OperationIndex.Of(request.AppInstanceId) : OperationIndex.All;
        var after = Paging.After(request.PageToken) is { } token ? prefix + token : null;
        var response = new Wire.ListOperationsResponse();
        while (true)
        {
            var page = await store.Scan(prefix, after, size, context.CancellationToken);
            foreach (var entry in page.Entries)
            {
                if (response.Operations.Count == size)
                {
                    response.NextPageToken = after![prefix.Length..];
                    return response;
                }

                after = entry.Key;
                var found = await engine.Operations.Find(Tenants.Default, OperationIndex.Complement(entry.Key[prefix.Length..]), context.CancellationToken);
                if (found is not null && !(request.UnfinishedOnly && found.Value.State.IsFinal()))
                {
                    response.Operations.Add(OperationWire.ToWire(found.Value));
                }
            }

            if (!page.HasMore)
            {
                return response;
            }
        }
    }

    public override async Task WatchOperation(
        Wire.WatchOperationRequest request, IServerStreamWriter<Wire.WatchOperationResponse> responseStream, ServerCallContext context)
    {
        var found = (await calls.Operation(request.OperationId, context.CancellationToken)).Value;
        await foreach (var seen in engine.Operations.Watch(Tenants.Default, found.Id, context.CancellationToken))
        {
            await responseStream.WriteAsync(new() { Operation = OperationWire.ToWire(seen.Value) });
        }
    }

    public override async Task<Wire.CancelOperationResponse> CancelOperation(Wire.CancelOperationRequest request, ServerCallContext context) =>
        new() { Operation = await Asked(context, request, request.OperationId, engine.Cancel) };

    public override async Task<Wire.RetryOperationResponse> RetryOperation(Wire.RetryOperationRequest request, ServerCallContext context) =>
        new() { Operation = await Asked(context, request, request.OperationId, engine.Retry) };

    public override async Task<Wire.FailOperationResponse> FailOperation(Wire.FailOperationRequest request, ServerCallContext context) =>
        new() { Operation = await Asked(context, request, request.OperationId, engine.Fail) };

    /// <summary>What is asked and the key are one commit.</summary>
    private async Task<Wire.Operation> Asked(
        ServerCallContext context,
        Google.Protobuf.IMessage request,
        string operationId,
        Func<string, string, string, Batch?, CancellationToken, Task<Outcome<Stored<OperationRecord>>>> ask)
    {
        var cancel = context.CancellationToken;
        _ = (await calls.Operation(operationId, cancel)).Value;
        var asked = await keys.Once(
            CallKeys.Of(context, request),
            again: known => calls.Operation(known.Subject, cancel),
            first: async use => (await ask(Tenants.Default, operationId, "a caller", use.Remember(new Batch(), operationId), cancel))
                .Then<OperationRecord>(operation => operation.Value),
            cancel);
        return OperationWire.ToWire(asked.Value);
    }
}
