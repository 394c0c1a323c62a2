using Mano.GrpcRuntime.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Maps every method of the service to <c>/package.Service/Method</c>.</summary>
    /// <exception cref="InvalidOperationException"><c>AddGrpc</c> was not called, or the class is no generated service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<TService>(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var routes = builder.ServiceProvider.GetService<ServiceRoutes<TService>>()
            ?? throw new InvalidOperationException("The gRPC server is not registered: call services.AddGrpc() before mapping a service.");
        var mapped = routes.Map(builder);
        builder.ServiceProvider.GetRequiredService<UnknownServiceRoutes>().Map(builder);
        return new GrpcServiceEndpointConventionBuilder(mapped);
    }
}

/// <summary>Adds conventions (authorization, metadata) to all methods of a mapped service.</summary>
public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly IReadOnlyList<IEndpointConventionBuilder> _endpoints;

    internal GrpcServiceEndpointConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> endpoints)
    {
        _endpoints = endpoints;
    }

    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Add(convention);
        }
    }

    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        foreach (var endpoint in _endpoints)
        {
            endpoint.Finally(finallyConvention);
        }
    }
}
