using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>
/// Ties services to the instances that offer them: what an instance registered goes when the instance is out of service or
/// does not run, its subscriptions when it is removed; and services that fall silent are suspended.
/// </summary>
internal sealed class ServiceLife(
    ServiceStore store, RegisteredServices services, ServiceSubscriptions subscriptions, Applications applications, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var (stored, subscribed) = await store.LoadAll(cancellationToken);
        var now = clock.GetUtcNow();
        services.Load(stored.Select(s => s with { Heard = now }));
        subscriptions.Load(subscribed);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Follow(stoppingToken), Look(stoppingToken));

    private async Task Follow(CancellationToken cancel)
    {
        await foreach (var happened in applications.Watch(cancel))
        {
            if (happened.AppInstanceId is { } id)
            {
                await Took(id, happened.Changed?.Record, cancel);
            }
            else
            {
                await ForgetStrangers(cancel);
            }
        }
    }

    private async Task Took(string id, ApplicationRecord? record, CancellationToken cancel)
    {
        if (record is null or { Phase: Phase.Configured or Phase.Drained } && services.All.Any(s => s.AppInstanceId == id))
        {
            await services.RemoveAllOf(id, cancel);
        }

        if (record is null)
        {
            await subscriptions.RemoveAllOf(id);
        }
    }

    /// <summary>Instances that were removed while this process did not run.</summary>
    private async Task ForgetStrangers(CancellationToken cancel)
    {
        foreach (var id in services.All.Select(s => s.AppInstanceId).Distinct().Where(id => !applications.TryGetRecord(id, out _)).ToList())
        {
            await Took(id, null, cancel);
        }
    }

    private async Task Look(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(LookEvery, clock);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await services.SuspendSilent(cancel);
            }
            catch (FailureException)
            {
                // The store is away; the next look tries again.
            }
        }
    }
}
