using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Reconciliation;

/// <summary>Composes the capability.</summary>
internal static class ReconciliationRegistration
{
    /// <summary>Registers the debts in the ledger; before the inventory, whose figures are read in their light.</summary>
    public static IServiceCollection AddDebts(this IServiceCollection services) => services
        .AddSingleton<Debts>()
        .AddSingleton<Findings>()
        .AddSingleton<DebtLedger>()
        .AddHostedService(provider => provider.GetRequiredService<DebtLedger>());

    /// <summary>Registers what looks after the sites; after the links to them.</summary>
    public static IServiceCollection AddReconciliation(this IServiceCollection services, ReconciliationOptions options) => services
        .AddSingleton(options)
        .AddSingleton<DebtCollector>()
        .AddSingleton<Recreation>()
        .AddSingleton<Repairs>()
        .AddSingleton<SiteComparer>()
        .AddSingleton<SiteTurn>()
        .AddHostedService<SiteReconciler>()
        .AddHostedService<ReconciliationMetrics>();
}
