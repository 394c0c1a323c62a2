using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>Hears the methods of a service from generated code and makes a request handler of each.</summary>
internal sealed class ServiceBinder<TService>(
    ServiceSource<TService> services, IReadOnlyList<InterceptorSource> interceptors, ServiceSettings settings, ILogger log) : ServiceBinderBase
    where TService : class
{
    private readonly List<(IMethod, MethodInfo, RequestDelegate)> _methods = [];

    public IReadOnlyList<(IMethod Method, MethodInfo Implementation, RequestDelegate Handler)> Methods => _methods;

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (info, call) = Implementation<UnaryCall<TService, TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        var pipeline = ServerPipelines.Unary(interceptors, services, call);
        _methods.Add((method, info, new UnaryServerCallHandler<TRequest, TResponse>(method, pipeline, settings, log).HandleAsync));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, call) = Implementation<ClientStreamingCall<TService, TRequest, TResponse>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        var pipeline = ServerPipelines.ClientStreaming(interceptors, services, call);
        _methods.Add((method, info, new ClientStreamingServerCallHandler<TRequest, TResponse>(method, pipeline, settings, log).HandleAsync));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, call) = Implementation<ServerStreamingCall<TService, TRequest, TResponse>>(
            method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var pipeline = ServerPipelines.ServerStreaming(interceptors, services, call);
        _methods.Add((method, info, new ServerStreamingServerCallHandler<TRequest, TResponse>(method, pipeline, settings, log).HandleAsync));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (info, call) = Implementation<DuplexStreamingCall<TService, TRequest, TResponse>>(
            method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        var pipeline = ServerPipelines.DuplexStreaming(interceptors, services, call);
        _methods.Add((method, info, new DuplexStreamingServerCallHandler<TRequest, TResponse>(method, pipeline, settings, log).HandleAsync));
    }

    /// <summary>The method of the service class, as a delegate that takes the service as its first argument.</summary>
    private static (MethodInfo Info, TDelegate Call) Implementation<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate
    {
        var info = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method {method.Name} for {method.FullName}.");
        return (info, info.CreateDelegate<TDelegate>());
    }
}

internal delegate Task<TResponse> UnaryCall<in TService, in TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

internal delegate Task<TResponse> ClientStreamingCall<in TService, in TRequest, TResponse>(
    TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

internal delegate Task ServerStreamingCall<in TService, in TRequest, out TResponse>(
    TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

internal delegate Task DuplexStreamingCall<in TService, in TRequest, out TResponse>(
    TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);
