using Grpc.Core;
using Mano.Meo.Inventory;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;
using Mano.Sagas;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>mano.lifecycle.v1.LifecycleService (MEC 010-2 clause 7.4): checks the request, asks the capability, answers.</summary>
internal sealed class LifecycleGrpcService(LifecycleCalls calls, IdempotencyKeys keys, InstantiateCalls instantiations, InstanceWatches watches) : Wire.LifecycleService.LifecycleServiceBase
{
    public override async Task<Wire.CreateAppInstanceResponse> CreateAppInstance(Wire.CreateAppInstanceRequest request, ServerCallContext context)
    {
        LifecycleRules.Check(request);
        var cancel = context.CancellationToken;
        var wanted = new NewInstance(
            request.AppPackageId, request.AppDId, request.AppInstanceName, request.AppInstanceDescription, request.AppInstanceId);
        var created = await keys.Once(
            CallKeys.Of(context, request),
            again: known => calls.GetOrAsMade(known, cancel),
            first: use => calls.Creation.Create(wanted, use, cancel),
            cancel);
        return new() { AppInstance = InstanceWire.ToWire(await calls.Views.Show(created.Value, cancel)) };
    }

    public override async Task<Wire.GetAppInstanceResponse> GetAppInstance(Wire.GetAppInstanceRequest request, ServerCallContext context)
    {
        var mask = ReadMask.Of(request.ReadMask, Wire.AppInstance.Descriptor);
        var record = (await calls.Get(request.AppInstanceId, context.CancellationToken)).Value;
        return new() { AppInstance = mask.Apply(InstanceWire.ToWire(await calls.Views.ShowFresh(record, context.CancellationToken))) };
    }

    public override async Task WatchAppInstances(
        Wire.WatchAppInstancesRequest request, IServerStreamWriter<Wire.WatchAppInstancesResponse> responseStream, ServerCallContext context)
    {
        await foreach (var seen in watches.All(request, context.CancellationToken))
        {
            await responseStream.WriteAsync(new() { AppInstance = seen.Item, ResumeToken = seen.ResumeToken, Initial = seen.IsInitial, Deleted = seen.IsGone });
        }
    }

    public override async Task<Wire.ListAppInstancesResponse> ListAppInstances(Wire.ListAppInstancesRequest request, ServerCallContext context)
    {
        var page = await ListQuery<Wire.AppInstance>.Of(request).Page(
            (after, size, cancel) => calls.Instances.List(after, size, request.SiteId, cancel),
            record => record.AppInstanceId,
            async (record, cancel) => InstanceWire.ToWire(await calls.Views.Show(record, cancel)),
            context.CancellationToken);
        var response = new Wire.ListAppInstancesResponse { NextPageToken = page.NextToken };
        response.AppInstances.AddRange(page.Items);
        return response;
    }

    public override async Task<Wire.InstantiateAppInstanceResponse> InstantiateAppInstance(
        Wire.InstantiateAppInstanceRequest request, ServerCallContext context)
    {
        LifecycleRules.Check(request);
        var accepted = await instantiations.Accept(request, CallKeys.TextOf(context), PassableCall.Of(context));
        return new() { Operation = OperationWire.ToWire(Answered(accepted, context)) };
    }

    public override async Task<Wire.InstantiateAppInstancesResponse> InstantiateAppInstances(
        Wire.InstantiateAppInstancesRequest request, ServerCallContext context)
    {
        LifecycleRules.Check(request);
        var accepted = await instantiations.Accept(request, CallKeys.TextOf(context), PassableCall.Of(context));
        var response = new Wire.InstantiateAppInstancesResponse();
        response.Operations.AddRange(Answered(accepted, context).Select(OperationWire.ToWire));
        return response;
    }

    public override async Task<Wire.OperateAppInstanceResponse> OperateAppInstance(Wire.OperateAppInstanceRequest request, ServerCallContext context)
    {
        LifecycleRules.Check(request);
        return new()
        {
            Operation = await Accepted(context, request, use => calls.Termination.Operate(
                request.AppInstanceId,
                request.ChangeStateTo == Wire.OperateTo.Started,
                request.GracefulStopTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
                request.Timeout?.ToTimeSpan(),
                use,
                context.CancellationToken)),
        };
    }

    public override async Task<Wire.TerminateAppInstanceResponse> TerminateAppInstance(
        Wire.TerminateAppInstanceRequest request, ServerCallContext context)
    {
        LifecycleRules.Check(request);
        return new()
        {
            Operation = await Accepted(context, request, use => request.Force
                ? ForceTerminate(request, use, context.CancellationToken)
                : calls.Termination.Terminate(
                    request.AppInstanceId,
                    request.GracefulTerminationTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
                    request.Timeout?.ToTimeSpan(),
                    use,
                    context.CancellationToken)),
        };
    }

    public override async Task<Wire.DeleteAppInstanceResponse> DeleteAppInstance(Wire.DeleteAppInstanceRequest request, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        var deleted = (await keys.Once(
            CallKeys.Of(context, request),
            again: known => Task.FromResult<Outcome<string>>(known.Subject),
            first: use => request.Force ? ForceDelete(request.AppInstanceId, use, cancel) : Delete(request.AppInstanceId, use, cancel),
            cancel)).Value;

        // What was remembered is the instance, or the operation that takes it away.
        return deleted == request.AppInstanceId
            ? new()
            : new() { Operation = OperationWire.ToWire((await calls.Operations.Ended(Tenants.Default, deleted, cancel)).Value) };
    }

    /// <summary>A caller who comes while nobody owns the ledger is told when to come again.</summary>
    private static T Answered<T>(Outcome<T> accepted, ServerCallContext context)
    {
        if (accepted.Failure?.Reason == CapacityOwnership.NotOwned)
        {
            context.ResponseTrailers.Add("grpc-retry-pushback-ms", "1000");
        }

        return accepted.Value;
    }

    private Task<Outcome<string>> Delete(string appInstanceId, FirstUse use, CancellationToken cancel) =>
        calls.Creation.Delete(appInstanceId, subject => calls.Operations.RunningOn(Tenants.Default, subject, cancel), use, cancel);

    /// <summary>Gone from any state. An ordinary termination by force that is under way is waited for: it takes one commit.</summary>
    private async Task<Outcome<string>> ForceDelete(string appInstanceId, FirstUse use, CancellationToken cancel)
    {
        var accepted = await calls.Force.Accept(appInstanceId, delete: true, timeout: null, use, cancel);
        while (accepted.Failure is { Reason: "OPERATION_RUNNING" } running)
        {
            await calls.Operations.Ended(Tenants.Default, running.Subject, cancel);
            accepted = await calls.Force.Accept(appInstanceId, delete: true, timeout: null, use, cancel);
        }

        return !accepted.TryGet(out var operation, out var failure) ? failure
            : operation is null ? await Delete(appInstanceId, use, cancel)
            : operation.Id;
    }

    private async Task<Outcome<OperationRecord>> ForceTerminate(Wire.TerminateAppInstanceRequest request, FirstUse use, CancellationToken cancel) =>
        (await calls.Force.Accept(request.AppInstanceId, delete: false, request.Timeout?.ToTimeSpan(), use, cancel)).Then<OperationRecord>(operation => operation!);

    private async Task<Wire.Operation> Accepted(
        ServerCallContext context, Google.Protobuf.IMessage request, Func<FirstUse, Task<Outcome<OperationRecord>>> accept)
    {
        var accepted = await keys.Once(
            CallKeys.Of(context, request),
            again: known => calls.Operation(known.Subject, context.CancellationToken),
            first: accept,
            context.CancellationToken);
        return OperationWire.ToWire(accepted.Value);
    }
}
