using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Replicas;

/// <summary>This replica's part among the others: known before anything of its runs, reachable once it listens, gone when all else has stopped.</summary>
internal sealed class ReplicaService(
    IStateStore store, ReplicaMembership membership, ReplicaDirectory directory, ReplicaOptions options, IServer server, IHostApplicationLifetime lifetime)
    : BackgroundService, IHostedLifecycleService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        membership.NameTaken += lifetime.StopApplication;
        await store.Patiently(membership.Beat, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public Task StartedAsync(CancellationToken cancellationToken) =>
        store.Patiently(cancel => membership.Listens(AdvertisedAddress.Of(options.Advertise, BoundAddresses.Of(server).Grpc), cancel), cancellationToken);

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await membership.Leave(cancellationToken);
        }
        catch (FailureException)
        {
            // The store is away: the others notice our silence.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => directory.Follow(stoppingToken);
}
