using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>
/// Ties services to the instances that offer them: what an instance registered goes when the instance is out of service or
/// does not run, its subscriptions when it is removed; services that fall silent are suspended; and who requires a service
/// hears that it came or went.
/// </summary>
internal sealed class ServiceLife(
    ServiceStore store, RegisteredServices services, ServiceSubscriptions subscriptions, Residents residents, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var (stored, subscribed) = await store.LoadAll(cancellationToken);
        var now = clock.GetUtcNow();
        services.Load(stored.Select(s => s with { Heard = now }));
        subscriptions.Load(subscribed);
        await residents.Registrations.Load(cancellationToken);
        services.Changed += ToldConsumers;
        residents.Registrations.Gone += Left;
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Follow(stoppingToken), Look(stoppingToken));

    private void ToldConsumers(ServiceEvent happened) => residents.Applications.PublishConsumers(servicesChanged: true);

    /// <summary>An application that was registered has left.</summary>
    private Task Left(string appInstanceId) => Took(appInstanceId, null, CancellationToken.None);

    private async Task Follow(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await foreach (var happened in residents.Applications.Watch(cancel))
                {
                    await (happened.AppInstanceId is { } id ? Took(id, happened.Changed?.Record, cancel) : ForgetStrangers(cancel));
                }
            }
            catch (FailureException)
            {
                // The store is away; the watch begins anew, with everything that is.
                await Task.Delay(LookEvery, clock, cancel);
            }
        }
    }

    private async Task Took(string id, ApplicationRecord? record, CancellationToken cancel)
    {
        if (record is null && residents.Registrations.IsOutsider(id))
        {
            return; // never was ours to remove
        }

        if (record is null or { Phase: Phase.Configured or Phase.Drained } && services.All.Any(s => s.AppInstanceId == id))
        {
            // What was heard may be past: it may run again by now, and have registered.
            await services.RemoveAllOf(id, () => IsOutOfService(id), cancel);
        }

        if (record is null && !residents.Applications.TryGetRecord(id, out _))
        {
            await subscriptions.RemoveAllOf(id);
            await residents.Registrations.Forget(id, cancel);
        }
    }

    private bool IsOutOfService(string id) =>
        !residents.Applications.TryGetRecord(id, out var now) || now.Phase is Phase.Configured or Phase.Drained;

    /// <summary>Instances that were removed while this process did not run.</summary>
    private async Task ForgetStrangers(CancellationToken cancel)
    {
        var known = services.All.Select(s => s.AppInstanceId).Concat(subscriptions.Owners).Concat(residents.Registrations.Ids);
        foreach (var id in known.ToHashSet(StringComparer.Ordinal).Where(id => !residents.Applications.TryGetRecord(id, out _)))
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
