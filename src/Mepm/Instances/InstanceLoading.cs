using Microsoft.Extensions.Hosting;

namespace Mano.Mepm.Instances;

/// <summary>Reads the book before anything else starts.</summary>
internal sealed class InstanceLoading(InstanceBook book) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => book.Load(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
