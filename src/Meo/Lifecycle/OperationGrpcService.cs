using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>mano.lifecycle.v1.OperationService: operations listed, got, watched, cancelled, tried again, failed.</summary>
internal sealed class OperationGrpcService(LifecycleCalls calls, OperationLists lists, OperationWatches watches, OperationAsks asks)
    : Wire.OperationService.OperationServiceBase
{
    public override async Task<Wire.GetOperationResponse> GetOperation(Wire.GetOperationRequest request, ServerCallContext context)
    {
        var mask = ReadMask.Of(request.ReadMask, Wire.Operation.Descriptor);
        return new() { Operation = mask.Apply(OperationWire.ToWire((await calls.Operation(request.OperationId, context.CancellationToken)).Value)) };
    }

    public override async Task<Wire.ListOperationsResponse> ListOperations(Wire.ListOperationsRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.Operation>.Of(request).Page(
            (after, size, cancel) => lists.Page(after, size, request.AppInstanceId, request.UnfinishedOnly, cancel),
            OperationLists.TokenOf, OperationWire.ToWire, context.CancellationToken);
        var response = new Wire.ListOperationsResponse { NextPageToken = page.NextToken };
        response.Operations.AddRange(page.Items);
        return response;
    }

    public override async Task WatchOperation(
        Wire.WatchOperationRequest request, IServerStreamWriter<Wire.WatchOperationResponse> responseStream, ServerCallContext context)
    {
        var messages = watches.One(request, context.CancellationToken);
        _ = (await calls.Operation(request.OperationId, context.CancellationToken)).Value;
        await foreach (var seen in messages)
        {
            await responseStream.WriteAsync(new() { Operation = seen.Item, ResumeToken = seen.ResumeToken });
        }
    }

    public override async Task WatchOperations(
        Wire.WatchOperationsRequest request, IServerStreamWriter<Wire.WatchOperationsResponse> responseStream, ServerCallContext context)
    {
        await foreach (var seen in watches.All(request, context.CancellationToken))
        {
            await responseStream.WriteAsync(new() { Operation = seen.Item, ResumeToken = seen.ResumeToken, Initial = seen.IsInitial });
        }
    }

    public override async Task<Wire.CancelOperationResponse> CancelOperation(Wire.CancelOperationRequest request, ServerCallContext context) =>
        new() { Operation = OperationWire.ToWire((await asks.Cancel(request.OperationId, CallKeys.Of(context, request), context.CancellationToken)).Value) };

    public override async Task<Wire.RetryOperationResponse> RetryOperation(Wire.RetryOperationRequest request, ServerCallContext context) =>
        new() { Operation = OperationWire.ToWire((await asks.Retry(request.OperationId, CallKeys.Of(context, request), context.CancellationToken)).Value) };

    public override async Task<Wire.FailOperationResponse> FailOperation(Wire.FailOperationRequest request, ServerCallContext context) =>
        new() { Operation = OperationWire.ToWire((await asks.Fail(request.OperationId, CallKeys.Of(context, request), context.CancellationToken)).Value) };
}
