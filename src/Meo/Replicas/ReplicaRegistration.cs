using System.Reflection;
using Mano.Mesh.Hosting;
using Mano.Mesh.Ids;
using Mano.Sagas;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Replicas;

/// <summary>Composes the capability.</summary>
internal static class ReplicaRegistration
{
    /// <summary>Registers who this replica is, who the others are, and its share of the shards of operations.</summary>
    public static IServiceCollection AddReplicas(this IServiceCollection services, ReplicaOptions options) => services
        .AddSingleton(options)
        .AddSingleton(provider => new ReplicaRecord
        {
            Name = options.Name,
            Incarnation = provider.GetRequiredService<IIdSource>().NewId(),
            Started = provider.GetRequiredService<TimeProvider>().GetUtcNow(),
            Version = typeof(ReplicaRegistration).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        })
        .AddSingleton<ReplicaDirectory>()
        .AddSingleton<ReplicaMembership>()
        .AddSingleton<IShardShare>(provider => provider.GetRequiredService<ReplicaMembership>())
        .AddSingleton<ReplicaFacts>()
        .AddSingleton<IHealthFacts>(provider => provider.GetRequiredService<ReplicaFacts>())
        .AddHostedService<ReplicaService>();
}
