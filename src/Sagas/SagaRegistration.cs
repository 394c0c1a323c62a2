using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Mano.Sagas;

/// <summary>Adds durable operations to a host. The state store and the clock are registered by the host.</summary>
public static class SagaRegistration
{
    /// <summary>The engine, started and stopped with the host.</summary>
    public static IServiceCollection AddSagas(this IServiceCollection services, SagaOptions? options = null)
    {
        services.TryAddSingleton(options ?? new SagaOptions());
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

    private sealed class SagaService(SagaEngine engine) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => engine.Start(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => engine.DisposeAsync().AsTask();
    }
}
