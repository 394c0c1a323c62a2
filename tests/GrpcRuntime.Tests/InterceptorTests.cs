using System.Collections.Concurrent;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Mano.Probe;
using Microsoft.Extensions.DependencyInjection;
using Probe.V1;

namespace Mano.GrpcRuntime.Tests;

public sealed class InterceptorTests
{
    [Fact]
    public async Task Server_interceptors_see_all_shapes_in_order()
    {
        var seen = new ConcurrentQueue<string>();
        await using var server = await ProbeServer.StartAsync(
            options =>
            {
                options.Interceptors.Add<Witness>("server", seen);
            },
            services: services => services.AddGrpc().AddServiceOptions<ProbeGrpcService>(service => service.Interceptors.Add<Witness>("service", seen)));
        await server.Client.UnaryAsync(new ProbeRequest());
        using var stream = server.Client.ServerStream(new ProbeRequest());
        Assert.False(await stream.ResponseStream.MoveNext());
        using var requests = server.Client.ClientStream();
        await requests.RequestStream.CompleteAsync();
        await requests;
        using var duplex = server.Client.Duplex();
        await duplex.RequestStream.CompleteAsync();
        Assert.False(await duplex.ResponseStream.MoveNext());
        Assert.Equal(
            new[] { "Unary", "ServerStream", "ClientStream", "Duplex" }.SelectMany(m => new[] { $"server {m}", $"service {m}" }), seen);
    }

    [Fact]
    public async Task Server_interceptor_may_refuse()
    {
        await using var server = await ProbeServer.StartAsync(
            options => options.Interceptors.Add<Doorman>(), services: services => services.AddSingleton<Doorman>());
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new ProbeRequest()));
        Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
        Assert.Equal(1, server.Services.GetRequiredService<Doorman>().Refusals);
    }

    [Fact]
    public async Task Client_interceptors_see_a_call_in_order()
    {
        await using var server = await ProbeServer.StartAsync();
        var seen = new ConcurrentQueue<string>();
        var client = new ProbeService.ProbeServiceClient(
            server.Channel.Intercept(new Witness("first", seen), new Witness("second", seen)).Intercept(metadata =>
            {
                metadata.Add("from", "function");
                return metadata;
            }));
        await client.UnaryAsync(new ProbeRequest());
        Assert.Equal(["first Unary", "second Unary"], seen);
        Assert.Equal("function", server.Record.LastHeaders.GetValue("from"));
    }

    private sealed class Doorman : Interceptor
    {
        public int Refusals { get; private set; }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Refusals++;
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"not you, {context.Peer}"));
        }
    }

    private sealed class Witness(string name, ConcurrentQueue<string> seen) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            seen.Enqueue($"{name} {context.Method.Name}");
            return continuation(request, context);
        }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Saw(context);
            return continuation(request, context);
        }

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Saw(context);
            return continuation(requestStream, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Saw(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Saw(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Saw(ServerCallContext context) => seen.Enqueue($"{name} {context.Method[(context.Method.LastIndexOf('/') + 1)..]}");
    }
}
