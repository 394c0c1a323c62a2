using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// The applications that registered themselves (MEC 011 v3, 5.2.2): instances of ours that add what they want to say of
/// themselves, and outsiders, which run at the site without MEC management and take part in its services.
/// </summary>
internal sealed class Registrations(IStateStore store, InstanceAddresses addresses, IIdSource ids) : IDisposable
{
    /// <summary>More registrations from one address are a mistake in a loop, not a wish.</summary>
    private const int MostOfOneCaller = 64;
    private const int MostOfAll = 10_000;
    private const string Keys = "platform-registration/";
    private const string DefaultTenant = "default";

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<string, AppRegistration> registrations = new(StringComparer.Ordinal);

    /// <summary>An outsider has left; raised when that is stored.</summary>
    public event Func<string, Task>? Gone;

    public IEnumerable<string> Ids => registrations.Keys;

    public bool TryGet(string appInstanceId, [NotNullWhen(true)] out AppRegistration? registration) => registrations.TryGetValue(appInstanceId, out registration);

    public bool IsOutsider(string appInstanceId) => TryGet(appInstanceId, out var found) && found.IsOutsider;

    public AppRegistration Require(string appInstanceId) => TryGet(appInstanceId, out var found) ? found : throw Failure.NotFound(
        "NOT_REGISTERED", $"No application is registered as '{appInstanceId}'; POST /registrations registers one.", $"app-instance/{appInstanceId}").ToException();

    public async Task Load(CancellationToken cancel)
    {
        await foreach (var stored in store.ScanAll(Keys, AppInfoJson.Default.AppRegistration, cancel))
        {
            Remember(stored.Value);
        }
    }

    /// <summary>Registers an application; <paramref name="instantiated"/> is the instance of ours that it says to be.</summary>
    public Task<AppRegistration> Register(AppInfo given, IPAddress caller, ApplicationRecord? instantiated, CancellationToken cancel) => OneAtATime(async () =>
    {
        var id = given.AppInstanceId ?? ids.NewId();
        if (registrations.ContainsKey(id))
        {
            throw Failure.AlreadyExists("ALREADY_REGISTERED", $"{id} is registered already; PUT /registrations/{id} changes what it says.", $"app-instance/{id}").ToException();
        }

        RequireRoom(caller.ToString());
        return await Keep(new(id, instantiated?.Tenant ?? DefaultTenant, caller.ToString(), given with { AppInstanceId = id }));
    }, cancel);

    /// <summary>Replaces what the application says. <paramref name="check"/> sees the present registration first and may refuse.</summary>
    public Task<AppRegistration> Replace(string appInstanceId, AppInfo given, Action<AppRegistration> check, CancellationToken cancel) => OneAtATime(async () =>
    {
        var present = Require(appInstanceId);
        check(present);
        if ((given.AppInstanceId ?? appInstanceId) != appInstanceId || (given.IsInsByMec == true) == present.IsOutsider)
        {
            throw Failure.InvalidInput(
                "BAD_APP_INFO", $"appInstanceId and isInsByMec do not change: they are '{appInstanceId}' and {(present.IsOutsider ? "false" : "true")}.", present.AppInstanceId).ToException();
        }

        return await Keep(present with { Info = given with { AppInstanceId = appInstanceId } });
    }, cancel);

    /// <summary>The application leaves; what an outsider registered and subscribed goes with it.</summary>
    public async Task Remove(string appInstanceId, CancellationToken cancel)
    {
        var gone = await OneAtATime(() => Drop(Require(appInstanceId)), cancel);
        if (gone.IsOutsider && Gone is { } told)
        {
            await told(appInstanceId);
        }
    }

    /// <summary>The instance was removed by MEC management, and its registration with it.</summary>
    public Task Forget(string appInstanceId, CancellationToken cancel) => OneAtATime(
        async () => TryGet(appInstanceId, out var found) ? await Drop(found) : null, cancel);

    public void Dispose() => turn.Dispose();

    private static string KeyOf(AppRegistration registration) => $"{Keys}{registration.Tenant}/{registration.AppInstanceId}";

    private void RequireRoom(string caller)
    {
        var own = registrations.Values.Count(r => r.Caller == caller);
        if (own >= MostOfOneCaller || registrations.Count >= MostOfAll)
        {
            throw Failure.NoCapacity(
                "TOO_MANY_REGISTRATIONS", $"{own} applications are registered from {caller} and {registrations.Count} in all; at most {MostOfOneCaller} and {MostOfAll} may be. Delete one first.").ToException();
        }
    }

    private async Task<AppRegistration> Keep(AppRegistration registration)
    {
        (await store.Commit(new Batch().Put(KeyOf(registration), registration, AppInfoJson.Default.AppRegistration))).OrThrow();
        Remember(registration);
        return registration;
    }

    private async Task<AppRegistration> Drop(AppRegistration registration)
    {
        (await store.Commit(new Batch().Delete(KeyOf(registration)))).OrThrow();
        registrations.TryRemove(registration.AppInstanceId, out _);
        if (registration.IsOutsider)
        {
            addresses.Set(registration.AppInstanceId, null);
        }

        return registration;
    }

    private void Remember(AppRegistration registration)
    {
        registrations[registration.AppInstanceId] = registration;
        if (registration.IsOutsider)
        {
            addresses.Set(registration.AppInstanceId, IPAddress.Parse(registration.Caller));
        }
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
