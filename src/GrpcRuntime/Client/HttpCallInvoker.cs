using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>Makes the calls of a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        channel.Started(new UnaryClientCall<TRequest, TResponse>(channel, method, options.CancellationToken))
            .InvokeAsync(request, host, options).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = channel.Started(new UnaryClientCall<TRequest, TResponse>(channel, method, options.CancellationToken));
        return new AsyncUnaryCall<TResponse>(call.InvokeAsync(request, host, options), call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = channel.Started(new ServerStreamingClientCall<TRequest, TResponse>(channel, method, options.CancellationToken));
        call.Start(request, host, options);
        return new AsyncServerStreamingCall<TResponse>(call, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = channel.Started(new ClientStreamingClientCall<TRequest, TResponse>(channel, method, options));
        return new AsyncClientStreamingCall<TRequest, TResponse>(call.Requests, call.InvokeAsync(host, options), call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = channel.Started(new DuplexStreamingClientCall<TRequest, TResponse>(channel, method, options));
        call.Start(host, options);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(call.Requests, call, call);
    }
}
