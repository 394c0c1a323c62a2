using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Inventory;

/// <summary>Composes the capability.</summary>
internal static class InventoryRegistration
{
    /// <summary>Registers sites, the ledger of capacity and its ownership, and the timer that notices silence. Needs the replicas.</summary>
    public static IServiceCollection AddInventory(this IServiceCollection services, InventoryOptions options, bool sharesStore) => (sharesStore
            ? services.AddHostedService<SharedHeartbeats>()
            : services)
        .AddSingleton(options)
        .AddSingleton<Fleet>()
        .AddSingleton<HoldFollower>()
        .AddSingleton<HoldCatchUp>()
        .AddSingleton<CapacityOwnership>()
        .AddSingleton<CapacityHolds>()
        .AddSingleton<SiteDirectory>()
        .AddSingleton<SiteFollower>()
        .AddHostedService<InventoryStart>()
        .AddHostedService<CapacityService>()
        .AddHostedService<SiteHealthMonitor>();
}
