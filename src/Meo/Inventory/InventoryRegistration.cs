using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Inventory;

/// <summary>Composes the capability.</summary>
internal static class InventoryRegistration
{
    /// <summary>Registers sites, the ledger of capacity, and the timer that notices silence.</summary>
    public static IServiceCollection AddInventory(this IServiceCollection services, InventoryOptions options) => services
        .AddSingleton(options)
        .AddSingleton<Fleet>()
        .AddSingleton<CapacityLease>()
        .AddSingleton<CapacityHolds>()
        .AddSingleton<SiteDirectory>()
        .AddHostedService<InventoryStart>()
        .AddHostedService(services => services.GetRequiredService<CapacityLease>())
        .AddHostedService<SiteHealthMonitor>();
}
