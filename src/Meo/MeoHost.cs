using Mano.Meo.Discovery;
using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;
using Mano.Meo.Placement;
using Mano.Meo.Pruning;
using Mano.Meo.Reconciliation;
using Mano.Meo.Replicas;
using Mano.Meo.Rest;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Mano.Mesh.State.Embedded;
using Mano.Mesh.State.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo;

/// <summary>A MEO: the catalogue, the sites, and the operations that run applications on them (docs/theory/instantiate.md).</summary>
public static class MeoHost
{
    /// <summary>What the ready line calls it.</summary>
    public const string Process = "meo";

    /// <summary>
    /// Builds it; nothing runs before it is started. Throws <see cref="Mesh.Failures.FailureException"/> naming every
    /// setting that is wrong, or when another process holds the data folder.
    /// </summary>
    public static WebApplication Build(MeoOptions options) => Build(options, _ => { });

    /// <summary>The same with some parts replaced.</summary>
    internal static WebApplication Build(MeoOptions options, Action<IServiceCollection> replace)
    {
        MeoOptionsRules.Check(options);
        var replica = options.Replica with { SharesStore = options.Replica.SharesStore || options.Store is not null };
        var builder = MeshHost.CreateBuilder(Process, options.Listen, options.LogLevel);
        builder.Services
            .AddStore(options)
            .AddNorthbound(options.Idempotency)
            .AddReplicas(replica)
            .AddOnboarding(Packages(options, replica))
            .AddDebts()
            .AddInventory(options.Inventory, replica.SharesStore)
            .AddPlacement(options.Placement)
            .AddGranting()
            .AddLifecycle(options.Lifecycle, options.Operations with { Owner = replica.Name, LeaseTime = replica.LeaseTime })
            .AddReconciliation(options.Reconciliation)
            .AddPruning(options.Pruning)
            .AddRest(options.Rest with { IsLoopbackCalled = options.Rest.IsLoopbackCalled || System.Net.IPAddress.IsLoopback(options.Listen.Http.Address) })
            .AddCatalogue(options);
        replace(builder.Services);

        var app = builder.Build();
        try
        {
            // Opened here: a folder that another process holds is told before anything starts.
            app.Services.GetRequiredService<IStateStore>();
        }
        catch
        {
            ((IDisposable)app).Dispose();
            throw;
        }

        app.UseRest();
        app.MapGrpcService<OnboardingGrpcService>();
        app.MapGrpcService<InventoryGrpcService>();
        app.MapGrpcService<ReplicaGrpcService>();
        app.MapGrpcService<LifecycleGrpcService>();
        app.MapGrpcService<OperationGrpcService>();
        app.MapGrpcService<PlacementGrpcService>();
        app.MapGrpcService<GrantingGrpcService>();
        app.MapRest();
        return app.MapMesh();
    }

    private static OnboardingOptions Packages(MeoOptions options, ReplicaOptions replica) => new()
    {
        Folder = options.PackagesFolder ?? Path.Combine(options.DataFolder, "packages"),
        Integrity = options.Integrity,
        Quotas = options.PackageQuotas,
        Signatures = options.PackageSignatures,
        TrustFolder = options.PackageTrustFolder,
        Replica = replica.Name,
        IsShared = replica.SharesStore,
    };

    private static IServiceCollection AddStore(this IServiceCollection services, MeoOptions options) => options.Store is { } redis
        ? services.AddRedisStore(redis with { IdentityFile = redis.IdentityFile ?? Path.Combine(options.DataFolder, "store-id") })
        : services.AddSingleton<IStateStore>(provider => EmbeddedStateStore.Open(
            new() { Path = Path.Combine(options.DataFolder, "meo.db"), Durability = options.Durability },
            provider.GetRequiredService<TimeProvider>()));
}
