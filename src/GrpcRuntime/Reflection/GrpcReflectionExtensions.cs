using Mano.GrpcRuntime.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection
{
    /// <summary>Registers server reflection.</summary>
    public static class GrpcReflectionServiceExtensions
    {
        public static IServiceCollection AddGrpcReflection(this IServiceCollection services)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.AddGrpc();
            services.TryAddSingleton<MappedServices>();
            services.TryAddSingleton<ReflectionV1Service>();
            services.TryAddSingleton<ReflectionV1AlphaService>();
            return services;
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    /// <summary>Maps server reflection, v1 and v1alpha.</summary>
    public static class GrpcReflectionEndpointRouteBuilderExtensions
    {
        public static IEndpointConventionBuilder MapGrpcReflectionService(this IEndpointRouteBuilder builder)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.MapGrpcService<ReflectionV1AlphaService>();
            return builder.MapGrpcService<ReflectionV1Service>();
        }
    }
}
