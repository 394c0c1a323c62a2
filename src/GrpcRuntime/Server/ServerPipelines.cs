using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>Interceptors around the method of a service, folded into one delegate when the service is mapped.</summary>
internal static class ServerPipelines
{
    public static UnaryServerMethod<TRequest, TResponse> Unary<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorSource> interceptors, ServiceSource<TService> services, UnaryCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        UnaryServerMethod<TRequest, TResponse> pipeline = (request, context) =>
        {
            var service = services.Create(context);
            return services.NeedsNoRelease(service)
                ? call(service.Instance, request, context)
                : ReleasedAfterwards(service, request, context);
        };
        foreach (var source in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = (request, context) =>
            {
                var held = source.Hold(context);
                return held.NeedsNoRelease
                    ? held.Interceptor.UnaryServerHandler(request, context, next)
                    : DisposedAfterwards(held, request, context, next);
            };
        }

        return pipeline;

        async Task<TResponse> ReleasedAfterwards(GrpcActivatorHandle<TService> service, TRequest request, ServerCallContext context)
        {
            try
            {
                return await call(service.Instance, request, context);
            }
            finally
            {
                await services.ReleaseAsync(service);
            }
        }

        static async Task<TResponse> DisposedAfterwards(
            HeldInterceptor held, TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> next)
        {
            await using (held)
            {
                return await held.Interceptor.UnaryServerHandler(request, context, next);
            }
        }
    }

    public static ClientStreamingServerMethod<TRequest, TResponse> ClientStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorSource> interceptors, ServiceSource<TService> services, ClientStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        ClientStreamingServerMethod<TRequest, TResponse> pipeline = async (requests, context) =>
        {
            var service = services.Create(context);
            try
            {
                return await call(service.Instance, requests, context);
            }
            finally
            {
                await services.ReleaseAsync(service);
            }
        };
        foreach (var source in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (requests, context) =>
            {
                await using var held = source.Hold(context);
                return await held.Interceptor.ClientStreamingServerHandler(requests, context, next);
            };
        }

        return pipeline;
    }

    public static ServerStreamingServerMethod<TRequest, TResponse> ServerStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorSource> interceptors, ServiceSource<TService> services, ServerStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        ServerStreamingServerMethod<TRequest, TResponse> pipeline = async (request, responses, context) =>
        {
            var service = services.Create(context);
            try
            {
                await call(service.Instance, request, responses, context);
            }
            finally
            {
                await services.ReleaseAsync(service);
            }
        };
        foreach (var source in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (request, responses, context) =>
            {
                await using var held = source.Hold(context);
                await held.Interceptor.ServerStreamingServerHandler(request, responses, context, next);
            };
        }

        return pipeline;
    }

    public static DuplexStreamingServerMethod<TRequest, TResponse> DuplexStreaming<TService, TRequest, TResponse>(
        IReadOnlyList<InterceptorSource> interceptors, ServiceSource<TService> services, DuplexStreamingCall<TService, TRequest, TResponse> call)
        where TService : class
        where TRequest : class
        where TResponse : class
    {
        DuplexStreamingServerMethod<TRequest, TResponse> pipeline = async (requests, responses, context) =>
        {
            var service = services.Create(context);
            try
            {
                await call(service.Instance, requests, responses, context);
            }
            finally
            {
                await services.ReleaseAsync(service);
            }
        };
        foreach (var source in interceptors.Reverse())
        {
            var next = pipeline;
            pipeline = async (requests, responses, context) =>
            {
                await using var held = source.Hold(context);
                await held.Interceptor.DuplexStreamingServerHandler(requests, responses, context, next);
            };
        }

        return pipeline;
    }
}
