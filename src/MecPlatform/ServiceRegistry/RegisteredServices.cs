using System.Collections.Immutable;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>Something that became of a registered service.</summary>
/// <param name="Registration">As it is now, or was last.</param>
/// <param name="Change">What.</param>
internal readonly record struct ServiceEvent(ServiceRegistration Registration, ServiceChange Change);

/// <summary>
/// The services that applications registered over Mp1. A change is stored, then known, then told; one at a time, so that
/// subscribers hear of a service in the order in which it changed.
/// </summary>
internal sealed class RegisteredServices(ServiceStore store, PlatformTransports transports, Services offered, IIdSource ids, TimeProvider clock) : IDisposable
{
    /// <summary>More services of one application are a mistake in a loop, not a wish.</summary>
    private const int MostOfOne = 256;

    private readonly SemaphoreSlim turn = new(1, 1);
    private ImmutableSortedDictionary<string, ServiceRegistration> services = ImmutableSortedDictionary.Create<string, ServiceRegistration>(StringComparer.Ordinal);

    /// <summary>Raised within the change's turn: handlers must be quick and must not throw.</summary>
    public event Action<ServiceEvent>? Changed;

    /// <summary>Transports that the site offers to services (MEC 011 8.2.5).</summary>
    public IReadOnlyList<TransportInfo> Transports => transports.All;

    public IEnumerable<ServiceRegistration> All => services.Values;

    public void Load(IEnumerable<ServiceRegistration> stored)
    {
        services = stored.ToImmutableSortedDictionary(s => s.Id, s => s, StringComparer.Ordinal);
        foreach (var service in services.Values)
        {
            offered.Took(new(service, ServiceChange.Added));
        }
    }

    /// <summary>The service; of that instance, if one is given.</summary>
    public ServiceRegistration? Find(string serviceId, string? appInstanceId = null) =>
        services.TryGetValue(serviceId, out var found) && (appInstanceId is null || found.AppInstanceId == appInstanceId) ? found : null;

    public Task<ServiceRegistration> Register(string appInstanceId, string tenant, ServiceInfo given, CancellationToken cancel) => OneAtATime(async () =>
    {
        if (services.Values.Count(s => s.AppInstanceId == appInstanceId) >= MostOfOne)
        {
            throw Failure.NoCapacity("TOO_MANY_SERVICES", $"The instance has {MostOfOne} services, as many as it may; delete one first.", "app-instance/" + appInstanceId).ToException();
        }

        if (given.SerInstanceId is not null)
        {
            throw Failure.InvalidInput("BAD_SERVICE", "serInstanceId is given by the platform and must be absent here.", "service").ToException();
        }

        return await Keep(new(appInstanceId, tenant, ServiceRules.Complete(given, Transports) with { SerInstanceId = ids.NewId() }, clock.GetUtcNow()), ServiceChange.Added);
    }, cancel);

    /// <summary>Replaces what is offered. <paramref name="check"/> sees the present one first and may refuse.</summary>
    public Task<ServiceRegistration> Replace(string appInstanceId, string serviceId, ServiceInfo given, Action<ServiceRegistration> check, CancellationToken cancel) => OneAtATime(async () =>
    {
        var present = Require(serviceId, appInstanceId);
        check(present);
        if (given.SerInstanceId is { } id && id != serviceId)
        {
            throw Failure.InvalidInput("BAD_SERVICE", $"serInstanceId is '{id}', the path says '{serviceId}'; they must be the same.", "service").ToException();
        }

        var next = present with { Service = ServiceRules.Complete(given, Transports) with { SerInstanceId = serviceId }, Heard = clock.GetUtcNow() };
        return Same(present.Service, next.Service) ? await Keep(next, change: null)
            : await Keep(next, present.Service.State != next.Service.State ? ServiceChange.StateChanged : ServiceChange.AttributesChanged);
    }, cancel);

    public Task Remove(string appInstanceId, string serviceId, CancellationToken cancel) => OneAtATime(async () =>
    {
        var present = Require(serviceId, appInstanceId);
        await Drop([present]);
        return present;
    }, cancel);

    /// <summary>Everything that the instance offers goes, if it still is out of service when its turn has come.</summary>
    public Task RemoveAllOf(string appInstanceId, Func<bool> isOutOfService, CancellationToken cancel) => OneAtATime(async () =>
    {
        if (isOutOfService())
        {
            await Drop([.. services.Values.Where(s => s.AppInstanceId == appInstanceId)]);
        }

        return 0;
    }, cancel);

    /// <summary>The service says that it lives; one that was suspended is active again.</summary>
    public Task<ServiceRegistration> Heartbeat(string serviceId, CancellationToken cancel) => OneAtATime(async () =>
    {
        var present = Require(serviceId, appInstanceId: null);
        var alive = present with { Heard = clock.GetUtcNow() };
        if (present.Service.State != ServiceState.Suspended)
        {
            // Not stored: after a restart everybody counts as heard from just now.
            services = services.SetItem(serviceId, alive);
            return alive;
        }

        return await Keep(alive with { Service = alive.Service with { State = ServiceState.Active } }, ServiceChange.StateChanged);
    }, cancel);

    /// <summary>Suspends what has fallen silent.</summary>
    public Task SuspendSilent(CancellationToken cancel) => OneAtATime(async () =>
    {
        var now = clock.GetUtcNow();
        foreach (var silent in services.Values.Where(s => s.IsSilent(now)).ToList())
        {
            await Keep(silent with { Service = silent.Service with { State = ServiceState.Suspended } }, ServiceChange.StateChanged);
        }

        return 0;
    }, cancel);

    public void Dispose() => turn.Dispose();

    private static bool Same(ServiceInfo left, ServiceInfo right) =>
        System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(left, ServiceJson.Default.ServiceInfo).AsSpan()
            .SequenceEqual(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(right, ServiceJson.Default.ServiceInfo));

    private ServiceRegistration Require(string serviceId, string? appInstanceId) => Find(serviceId, appInstanceId)
        ?? throw Failure.NotFound(
            "SERVICE_UNKNOWN", appInstanceId is null ? $"There is no service '{serviceId}'." : $"Instance {appInstanceId} has no service '{serviceId}'.", "service/" + serviceId).ToException();

    private async Task<ServiceRegistration> Keep(ServiceRegistration service, ServiceChange? change)
    {
        await store.Save(service);
        services = services.SetItem(service.Id, service);
        if (change is { } happened)
        {
            Tell(new(service, happened));
        }

        return service;
    }

    private async Task Drop(IReadOnlyList<ServiceRegistration> gone)
    {
        await store.Delete(gone, []);
        services = services.RemoveRange(gone.Select(s => s.Id));
        foreach (var service in gone)
        {
            Tell(new(service, ServiceChange.Removed));
        }
    }

    private void Tell(ServiceEvent happened)
    {
        offered.Took(happened);
        Changed?.Invoke(happened);
    }

    private async Task<T> OneAtATime<T>(Func<Task<T>> change, CancellationToken cancel)
    {
        await turn.WaitAsync(cancel);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }
}
