using System.Runtime.CompilerServices;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>One request, one response.</summary>
internal sealed class UnaryServerCallHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> pipeline, ServiceSettings settings, ILogger log)
    : ServerCallHandler<TRequest, TResponse>(method, settings, log)
    where TRequest : class
    where TResponse : class
{
    protected override bool StreamsRequests => false;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<TResponse?> InvokeAsync(HttpServerCallContext context)
    {
        var request = await ReadRequestAsync(context);
        return await pipeline(request, context) ?? throw NoResponse();
    }
}
