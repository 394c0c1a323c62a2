using Grpc.Core;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Mm5;
using Mano.Mesh.Failures;
using Mano.Platform.V1;
using OperationAction = Mano.MecPlatform.AppSupport.OperationAction;

namespace Mano.MecPlatform.Mp1;

/// <summary>Mp1 application support over gRPC: the twin of the REST resources, on the same state. Generated types end here.</summary>
internal sealed class AppSupportGrpcService(
    Applications applications, ApplicationRequests requests, TerminationWatchers watchers, Mp1Access access, StreamEnding ending)
    : AppSupportService.AppSupportServiceBase
{
    public override async Task<ConfirmReadyResponse> ConfirmReady(ConfirmReadyRequest request, ServerCallContext context)
    {
        RequireOwn(request.AppInstanceId, context);
        await requests.ConfirmReady(request.AppInstanceId, context.CancellationToken);
        return new();
    }

    public override async Task<ConfirmTerminationResponse> ConfirmTermination(ConfirmTerminationRequest request, ServerCallContext context)
    {
        RequireOwn(request.AppInstanceId, context);
        var action = (OperationAction)request.OperationAction;
        if (!Enum.IsDefined(action))
        {
            throw Failure.InvalidInput("BAD_ACTION", "operation_action says nothing known; STOPPING or TERMINATING is needed.", request.AppInstanceId).ToException();
        }

        await requests.ConfirmTermination(request.AppInstanceId, action, context.CancellationToken);
        return new();
    }

    public override async Task WatchTermination(
        WatchTerminationRequest request, IServerStreamWriter<WatchTerminationResponse> responseStream, ServerCallContext context)
    {
        RequireOwn(request.AppInstanceId, context);
        InstanceIds.Find(applications, request.AppInstanceId);
        using var subscription = watchers.Open(request.AppInstanceId);

        // The headers tell the client that it is subscribed; and who opens the stream while a termination is pending is told at once.
        await context.WriteResponseHeadersAsync([]);
        await ending.Run(context, async cancel =>
        {
            if (requests.PendingNotice(request.AppInstanceId) is { } pending)
            {
                await responseStream.WriteAsync(Write(pending), cancel);
            }

            await foreach (var notice in subscription.Notices(cancel))
            {
                await responseStream.WriteAsync(Write(notice), cancel);
            }
        });
    }

    public override Task<ListRulesResponse> ListRules(ListRulesRequest request, ServerCallContext context)
    {
        RequireOwn(request.AppInstanceId, context);
        var view = InstanceIds.Find(applications, request.AppInstanceId);
        var response = new ListRulesResponse();
        response.TrafficRules.AddRange(view.TrafficRules.Select(ApplicationWire.Write));
        response.DnsRules.AddRange(view.DnsRules.Select(ApplicationWire.Write));
        return Task.FromResult(response);
    }

    private void RequireOwn(string appInstanceId, ServerCallContext context) =>
        access.Require(appInstanceId, context.GetHttpContext().Connection.RemoteIpAddress);

    private static WatchTerminationResponse Write(TerminationNotice notice) => new()
    {
        OperationAction = (Mano.Platform.V1.OperationAction)notice.Action,
        MaxGracefulTimeoutSeconds = notice.TimeoutSeconds,
    };
}
