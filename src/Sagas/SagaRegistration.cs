using Mano.Mesh.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Mano.Sagas;

/// <summary>Adds durable operations to a host. The state store and the clock are registered by the host.</summary>
public static class SagaRegistration
{
    /// <summary>The engine, started and stopped with the host. An <see cref="IShardShare"/> among the services decides over its share.</summary>
    public static IServiceCollection AddSagas(this IServiceCollection services, SagaOptions? options = null)
    {
        services.TryAddSingleton(provider =>
        {
            var given = options ?? new SagaOptions();
            return provider.GetService<IShardShare>() is { } share ? given with { Share = share } : given;
        });
        services.TryAddSingleton<SagaEngine>();
        services.TryAddSingleton(provider => provider.GetRequiredService<SagaEngine>().Operations);
        return services.AddHostedService<SagaService>();
    }

    /// <summary>One kind of operation; its collaborators are injected.</summary>
    public static IServiceCollection AddOperation<TOperation, TInput>(this IServiceCollection services)
        where TOperation : class, IOperation<TInput>
    {
        services.TryAddSingleton<TOperation>();
        return services.AddSingleton(provider => OperationTable.Of<TOperation, TInput>(provider.GetRequiredService<TOperation>()));
    }

    private sealed class SagaService(SagaEngine engine, IStateStore store) : IHostedLifecycleService
    {
        public Task StartAsync(CancellationToken cancellationToken) => store.Patiently(engine.Start, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => engine.DisposeAsync().AsTask();

        /// <summary>Before the process waits for the calls it is still serving: others can go on with its operations at once.</summary>
        public Task StoppingAsync(CancellationToken cancellationToken) => engine.DisposeAsync().AsTask();

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
