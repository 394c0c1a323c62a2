using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Northbound;

/// <summary>Composes what every northbound service shares.</summary>
internal static class NorthboundRegistration
{
    public static IServiceCollection AddNorthbound(this IServiceCollection services, IdempotencyOptions options) => services
        .AddSingleton(options)
        .AddSingleton<IdempotencyKeys>();
}
