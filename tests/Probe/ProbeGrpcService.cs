using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Probe.V1;
using Status = Google.Rpc.Status;

namespace Mano.Probe;

/// <summary>Does what the request says.</summary>
public sealed class ProbeGrpcService(ProbeRecord record) : ProbeService.ProbeServiceBase
{
    public override async Task<ProbeResponse> Unary(ProbeRequest request, ServerCallContext context)
    {
        await Begin(request, context);
        await Obey(request, context);
        return Answer(request, request.Number);
    }

    public override async Task<ProbeResponse> ClientStream(IAsyncStreamReader<ProbeRequest> requestStream, ServerCallContext context)
    {
        var response = new ProbeResponse();
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            record.CountRead();
            await Obey(request, context);
            response.Text = request.Text;
            response.Count++;
            response.Sum += request.Number;
        }

        return response;
    }

    public override async Task ServerStream(ProbeRequest request, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
    {
        await Begin(request, context);
        for (var number = 0; number < request.Responses; number++)
        {
            if (request.FailAfter > 0 && number == request.FailAfter)
            {
                await Obey(request, context);
            }

            await responseStream.WriteAsync(Answer(request, number), context.CancellationToken);
            record.CountWrite();
        }

        if (request.FailAfter == 0)
        {
            await Obey(request, context);
        }
    }

    public override async Task Duplex(
        IAsyncStreamReader<ProbeRequest> requestStream, IServerStreamWriter<ProbeResponse> responseStream, ServerCallContext context)
    {
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                record.CountRead();
                var request = requestStream.Current;
                await Obey(request, context);
                await responseStream.WriteAsync(Answer(request, request.Number), context.CancellationToken);
                record.CountWrite();
            }
        }
        catch (OperationCanceledException)
        {
            record.Cancelled.Enqueue(context.Method);
            throw;
        }
    }

    private async Task Begin(ProbeRequest request, ServerCallContext context)
    {
        record.LastHeaders = context.RequestHeaders;
        record.LastDeadline = context.Deadline;
        var headers = new Metadata();
        foreach (var entry in request.EchoMetadata ? context.RequestHeaders.Where(e => e.Key.StartsWith("echo-", StringComparison.Ordinal)) : [])
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry);
        }

        if (request.Gzip)
        {
            headers.Add("grpc-internal-encoding-request", "gzip");
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }

    private async Task Obey(ProbeRequest request, ServerCallContext context)
    {
        if (request.Hang)
        {
            await Cancellation(context);
        }

        if (request.StubbornMs > 0)
        {
            await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(request.StubbornMs), TimeProvider.System, CancellationToken.None), record.Released.Task);
        }

        if (request.ThrowMessage.Length > 0)
        {
            throw new InvalidOperationException(request.ThrowMessage);
        }

        if (request.FailCode != 0)
        {
            throw Failure(request);
        }
    }

    private async Task Cancellation(ServerCallContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
        }
        finally
        {
            record.Cancelled.Enqueue(context.Method);
        }
    }

    private static RpcException Failure(ProbeRequest request)
    {
        if (!request.FailDetails)
        {
            return new RpcException(new Grpc.Core.Status((StatusCode)request.FailCode, request.FailMessage));
        }

        return new Status
        {
            Code = request.FailCode,
            Message = request.FailMessage,
            Details = { Any.Pack(new ResourceInfo { ResourceType = "probe", ResourceName = "mano" }) },
        }.ToRpcException();
    }

    private static ProbeResponse Answer(ProbeRequest request, long number) => new()
    {
        Text = request.Text,
        Number = number,
        Payload = request.ResponseSize > 0 ? UnsafeByteOperations.UnsafeWrap(new byte[request.ResponseSize]) : request.Payload,
    };
}
