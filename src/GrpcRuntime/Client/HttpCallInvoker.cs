using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>Makes the calls of a channel.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    // One set of delegates for all calls: a call object costs no closures.
    private static readonly Func<object, Task<Metadata>> Headers = static call => ((ClientCall)call).ResponseHeadersAsync;
    private static readonly Func<object, Status> CallStatus = static call => ((ClientCall)call).GetStatus();
    private static readonly Func<object, Metadata> Trailers = static call => ((ClientCall)call).GetTrailers();
    private static readonly Action<object> Dispose = static call => ((ClientCall)call).Dispose();

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        channel.Started(new UnaryClientCall<TRequest, TResponse>(channel, method, host, options)).InvokeAsync(request).GetAwaiter().GetResult();

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = channel.Started(new UnaryClientCall<TRequest, TResponse>(channel, method, host, options));
        return new AsyncUnaryCall<TResponse>(call.InvokeAsync(request), Headers, CallStatus, Trailers, Dispose, call);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = channel.Started(new ServerStreamingClientCall<TRequest, TResponse>(channel, method, host, options));
        call.Start(request);
        return new AsyncServerStreamingCall<TResponse>(call, Headers, CallStatus, Trailers, Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = channel.Started(new ClientStreamingClientCall<TRequest, TResponse>(channel, method, host, options));
        return new AsyncClientStreamingCall<TRequest, TResponse>(call.Requests, call.InvokeAsync(), Headers, CallStatus, Trailers, Dispose, call);
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
    {
        var call = channel.Started(new DuplexStreamingClientCall<TRequest, TResponse>(channel, method, host, options));
        call.Start();
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(call.Requests, call, Headers, CallStatus, Trailers, Dispose, call);
    }
}
