using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>A stream each way.</summary>
internal sealed class DuplexStreamingServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse> pipeline, ServiceSettings settings, ILogger log)
    : ServerCallHandler<TRequest, TResponse>(method, settings, log)
    where TRequest : class
    where TResponse : class
{
    protected override bool StreamsRequests => true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<TResponse?> InvokeAsync(HttpServerCallContext context)
    {
        await pipeline(RequestsOf(context), ResponsesOf(context), context);
        return null;
    }
}
