using Mano.Mesh.Ids;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.State.Redis;

/// <summary>Makes a process keep its state in Redis.</summary>
public static class RedisStoreRegistration
{
    /// <summary>
    /// Adds the store, and a start that waits for it: what is added after this starts when Redis has been reached.
    /// </summary>
    public static IServiceCollection AddRedisStore(this IServiceCollection services, RedisStoreOptions options)
    {
        services.AddHealthChecks().AddCheck<StoreHealthCheck>("store");
        return services
            .AddSingleton<IRemoteStateStore>(provider => RedisStateStore.Open(
                options, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>(), provider.GetRequiredService<IIdSource>()))
            .AddSingleton<IStateStore>(provider => provider.GetRequiredService<IRemoteStateStore>())
            .AddHostedService<StoreStart>();
    }

    /// <summary>Why it waits is told by the store itself, in the log.</summary>
    private sealed class StoreStart(IRemoteStateStore store) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => store.Reached(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
