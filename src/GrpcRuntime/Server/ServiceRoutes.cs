using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mano.GrpcRuntime.Server;

/// <summary>Maps the methods of one service. All reflection happens here, once; a call goes through delegates.</summary>
internal sealed class ServiceRoutes<TService>(
    IGrpcServiceActivator<TService> activator,
    ServiceLifetimes lifetimes,
    IOptions<GrpcServiceOptions> serverOptions,
    IOptions<GrpcServiceOptions<TService>> serviceOptions,
    ILoggerFactory logs)
    where TService : class
{
    public IReadOnlyList<IEndpointConventionBuilder> Map(IEndpointRouteBuilder routes)
    {
        var settings = ServiceSettings.Of(serverOptions.Value, serviceOptions.Value);
        var application = routes.ServiceProvider;
        var services = new ServiceSource<TService>(activator, lifetimes.SharedFor(typeof(TService), application));
        var interceptors = settings.Interceptors
            .Select(i => new InterceptorSource(i, i.Arguments.Count == 0 ? lifetimes.SharedFor(i.Type, application) : null)).ToList();
        var binder = new ServiceBinder<TService>(services, interceptors, settings, logs.CreateLogger<TService>());
        Bind(binder);
        var mapped = new List<IEndpointConventionBuilder>();
        foreach (var (method, implementation, handler) in binder.Methods)
        {
            var endpoint = routes.MapMethods(method.FullName, [HttpMethods.Post], handler)
                .WithDisplayName($"gRPC - {method.FullName}")
                .WithMetadata(new GrpcMethodMetadata(typeof(TService), method))
                .WithMetadata([.. typeof(TService).GetCustomAttributes(inherit: true), .. implementation.GetCustomAttributes(inherit: true)]);
            mapped.Add(endpoint);
        }

        if (!settings.IgnoresUnknown && binder.Methods.Count > 0)
        {
            mapped.Add(UnknownServiceRoutes.MapUnknownMethod(routes, binder.Methods[0].Method.ServiceName));
        }

        return mapped;
    }

    private static void Bind(ServiceBinder<TService> binder)
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is not { } bind)
            {
                continue;
            }

            var method = bind.BindType.GetMethod(
                bind.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type]);
            if (method is not null)
            {
                method.Invoke(null, [binder, null]);
                return;
            }
        }

        throw new InvalidOperationException(
            $"{typeof(TService)} is no gRPC service: it must derive from a generated base class, which names its bind method.");
    }
}
