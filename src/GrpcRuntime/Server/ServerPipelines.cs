using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>Interceptors around the method of a service, folded into one delegate when the service is mapped.</summary>
internal static class ServerPipelines
{
    public static UnaryServerMethod<TRequest, TResponse> Unary<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, IGrpcServiceActivator<TService> activator, UnaryCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        UnaryServerMethod<TRequest, TResponse> pipeline = async (request, context) =>
        {
            var service = activator.Create(context.GetHttpContext().RequestServices);
            try
            {
                return await call(service.Instance, request, context);
            }
            finally
            {
                await activator.ReleaseAsync(service);
            }
        };
        foreach (var registration in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (request, context) =>
            {
                await using var held = new HeldInterceptor(registration, context);
                return await held.Interceptor.UnaryServerHandler(request, context, next);
            };
        }

        return pipeline;
    }

    public static ClientStreamingServerMethod<TRequest, TResponse> ClientStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, IGrpcServiceActivator<TService> activator, ClientStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        ClientStreamingServerMethod<TRequest, TResponse> pipeline = async (requests, context) =>
        {
            var service = activator.Create(context.GetHttpContext().RequestServices);
            try
            {
                return await call(service.Instance, requests, context);
            }
            finally
            {
                await activator.ReleaseAsync(service);
            }
        };
        foreach (var registration in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (requests, context) =>
            {
                await using var held = new HeldInterceptor(registration, context);
                return await held.Interceptor.ClientStreamingServerHandler(requests, context, next);
            };
        }

        return pipeline;
    }

    public static ServerStreamingServerMethod<TRequest, TResponse> ServerStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, IGrpcServiceActivator<TService> activator, ServerStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        ServerStreamingServerMethod<TRequest, TResponse> pipeline = async (request, responses, context) =>
        {
            var service = activator.Create(context.GetHttpContext().RequestServices);
            try
            {
                await call(service.Instance, request, responses, context);
            }
            finally
            {
                await activator.ReleaseAsync(service);
            }
        };
        foreach (var registration in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (request, responses, context) =>
            {
                await using var held = new HeldInterceptor(registration, context);
                await held.Interceptor.ServerStreamingServerHandler(request, responses, context, next);
            };
        }

        return pipeline;
    }

    public static DuplexStreamingServerMethod<TRequest, TResponse> DuplexStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorRegistration> interceptors, IGrpcServiceActivator<TService> activator, DuplexStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        DuplexStreamingServerMethod<TRequest, TResponse> pipeline = async (requests, responses, context) =>
        {
            var service = activator.Create(context.GetHttpContext().RequestServices);
            try
            {
                await call(service.Instance, requests, responses, context);
            }
            finally
            {
                await activator.ReleaseAsync(service);
            }
        };
        foreach (var registration in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (requests, responses, context) =>
            {
                await using var held = new HeldInterceptor(registration, context);
                await held.Interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
            };
        }

        return pipeline;
    }
}
