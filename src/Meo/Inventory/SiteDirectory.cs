using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// The sites: who they are (durable, the same at every replica) and whether we hear from them (in memory). A heartbeat that says
/// nothing new costs no write. After a restart of the MEO every site counts as heard from just now: our own absence says nothing
/// about theirs.
/// </summary>
internal sealed class SiteDirectory(IStateStore store, Fleet fleet, TimeProvider clock, InventoryOptions options, ILogger<SiteDirectory> logger)
{
    private const int Tries = 16;

    private readonly ConcurrentDictionary<string, KnownSite> sites = new(StringComparer.Ordinal);
    private readonly HostClaims hosts = new();

    /// <summary>Raised after a site came, changed, fell silent or left. Handlers must be quick and must not throw.</summary>
    public event Action<SiteStatus>? Changed;

    /// <summary>Raised when a site's own heartbeat arrived at this replica.</summary>
    public event Action<string>? HeardHere;

    /// <summary>Set while what other replicas hear does not reach us: silence means nothing then.</summary>
    public bool IsBlind { get; set; }

    public TimeSpan HeartbeatInterval => options.HeartbeatInterval;

    public static string Prefix { get; } = $"site/{Tenants.Default}/";

    /// <summary>The sites known here.</summary>
    public IReadOnlyCollection<string> Ids => [.. sites.Where(s => s.Value.Version > 0).Select(s => s.Key)];

    public static string Key(string siteId) => Prefix + siteId;

    /// <summary>Reads every site at start.</summary>
    public async Task Load(CancellationToken cancel)
    {
        await foreach (var stored in store.ScanAll(Prefix, InventoryJson.Default.SiteModel, cancel))
        {
            await Stored(stored);
        }

        logger.Loaded(sites.Count);
    }

    /// <summary>The store has this of a site: another replica may have written it.</summary>
    public async ValueTask Stored(Stored<SiteModel> stored)
    {
        var known = sites.GetOrAdd(stored.Value.SiteId, _ => new KnownSite());
        using var turn = await known.Turn(default);
        Take(known, stored);
    }

    /// <summary>At this version the store had no such site.</summary>
    public async ValueTask Gone(string siteId, long version)
    {
        if (sites.TryGetValue(siteId, out var known))
        {
            using var turn = await known.Turn(default);
            if (known.Model is { } model && version > known.Version)
            {
                sites.TryRemove(siteId, out _);
                hosts.Free(siteId);
                known.Health = SiteHealth.Left;
                fleet.SetSite(model with { Hosts = [] }, SiteHealth.Left);
                Changed?.Invoke(Status(known));
            }
        }
    }

    /// <summary>Another replica hears from the site.</summary>
    public void HeardElsewhere(string siteId)
    {
        if (sites.TryGetValue(siteId, out var known) && known.Model is { Left: false })
        {
            Heard(known);
        }
    }

    /// <summary>What others hear reaches us again: every site counts as heard from just now.</summary>
    public void SeeAgain()
    {
        IsBlind = false;
        foreach (var siteId in sites.Keys)
        {
            HeardElsewhere(siteId);
        }
    }

    /// <summary>Registers a site, or what changed of it. Refused while a live MEPM at another address holds it, or one of its hosts is another site's.</summary>
    public async Task<Outcome<SiteStatus>> Register(SiteModel site, CancellationToken cancel)
    {
        var known = sites.GetOrAdd(site.SiteId, _ => new KnownSite());
        using var turn = await known.Turn(cancel);
        var saved = await Save(known, site.SiteId, present => Registered(known, present, site), cancel);
        if (saved is not null)
        {
            return saved;
        }

        known.Heard(clock.GetUtcNow());
        HeardHere?.Invoke(site.SiteId);
        Publish(known);
        logger.SiteRegistered(site.SiteId, site.Hosts.Length, site.MepmAddress, site.Incarnation);
        return Status(known);
    }

    /// <summary>
    /// The MEPM lives; the given hosts changed. NotFound if this incarnation, or one of the hosts, is not registered.
    /// </summary>
    public async Task<Outcome<SiteStatus>> Heartbeat(string siteId, string incarnation, ImmutableArray<HostReport> changed, CancellationToken cancel)
    {
        if (await Current(siteId, incarnation, cancel) is not { } known)
        {
            return SiteChanges.NotRegistered(siteId);
        }

        if (SiteChanges.Unregistered(known.Model!, changed) is { } unknown)
        {
            return unknown;
        }

        Heard(known);
        HeardHere?.Invoke(siteId);
        if (changed.Length > 0)
        {
            using var turn = await known.Turn(cancel);
            if (await Save(known, siteId, present => SiteChanges.Reported(siteId, incarnation, present, changed), cancel) is { } failure)
            {
                return failure;
            }

            Publish(known);
        }

        return Status(known);
    }

    /// <summary>The MEPM leaves on purpose. An older incarnation cannot take the newer one away.</summary>
    public async Task<Outcome<SiteStatus>> Deregister(string siteId, string incarnation, CancellationToken cancel)
    {
        if (await Current(siteId, incarnation, cancel, left: true) is not { } known)
        {
            return SiteChanges.NotRegistered(siteId);
        }

        using var turn = await known.Turn(cancel);
        if (await Save(known, siteId, present => SiteChanges.Left(siteId, incarnation, present), cancel) is { } failure)
        {
            return failure;
        }

        known.Health = SiteHealth.Left;
        Publish(known);
        logger.SiteLeft(siteId);
        return Status(known);
    }

    /// <summary>Keeps new instances away from a host, or lets them come again.</summary>
    public async Task<Outcome<SiteStatus>> SetMaintenance(string hostId, bool maintenance, Func<Batch, Batch> alongside, CancellationToken cancel)
    {
        if (hosts.OwnerOf(hostId) is not { } siteId || !sites.TryGetValue(siteId, out var known))
        {
            return SiteChanges.NoHost(hostId);
        }

        using var turn = await known.Turn(cancel);
        if (await Save(known, siteId, present => SiteChanges.Maintained(present, hostId, maintenance), cancel, alongside) is { } failure)
        {
            return failure;
        }

        Publish(known);
        logger.HostMaintenance(hostId, maintenance);
        return Status(known);
    }

    /// <summary>The site, or null.</summary>
    public SiteStatus? Find(string siteId) => sites.TryGetValue(siteId, out var known) && known.Model is not null ? Status(known) : null;

    /// <summary>The site that has this host, or null.</summary>
    public SiteStatus? FindByHost(string hostId) => hosts.OwnerOf(hostId) is { } siteId ? Find(siteId) : null;

    /// <summary>Sites ordered by id, after the given one.</summary>
    public Paged<SiteStatus> List(string? after, int limit)
    {
        var ids = sites.Where(s => s.Value.Model is not null && string.CompareOrdinal(s.Key, after) > 0)
            .Select(s => s.Key).Order(StringComparer.Ordinal).Take(limit + 1).ToList();
        var page = ids.Take(limit).Select(id => Status(sites[id])).ToList();
        return new(page, ids.Count > limit ? ids[limit - 1] : "");
    }

    /// <summary>Looks who has fallen silent. Called by a timer.</summary>
    public void Sweep()
    {
        if (IsBlind)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var (siteId, known) in sites)
        {
            if (known.FellSilent(now, options))
            {
                logger.SiteHealthChanged(siteId, known.Health);
                Publish(known);
            }
        }
    }

    private Outcome<SiteModel> Registered(KnownSite known, SiteModel? present, SiteModel site)
    {
        if (present is not null && known.Health == SiteHealth.Alive && present.MepmAddress != site.MepmAddress)
        {
            logger.SecondMepm(site.SiteId, site.MepmAddress, present.MepmAddress);
            return Failure.AlreadyExists(
                "SITE_CLAIMED",
                $"Site {site.SiteId} is held by a live MEPM at {present.MepmAddress}; stop that one, or give {site.MepmAddress} a site id of its own.",
                "site/" + site.SiteId);
        }

        // What the operator set stays; so does the promise to hosts that did not change.
        return hosts.Claim(site) is { } taken ? taken : site with { Maintenance = present?.Maintenance ?? [], Left = false };
    }

    private void Heard(KnownSite known)
    {
        var before = known.Health;
        known.Heard(clock.GetUtcNow());
        if (before != SiteHealth.Alive)
        {
            Publish(known);
        }
    }

    /// <summary>The site in this incarnation, also if another replica registered it a moment ago; null if there is none.</summary>
    private async ValueTask<KnownSite?> Current(string siteId, string incarnation, CancellationToken cancel, bool left = false)
    {
        for (var isFresh = false; ; isFresh = true)
        {
            if (sites.TryGetValue(siteId, out var known) && known.Model is { } model && model.Incarnation == incarnation && (left || !model.Left))
            {
                return known;
            }

            if (isFresh || siteId.Length > StateKeys.MaxLength / 2 || siteId.AsSpan().ContainsAnyExceptInRange('!', '~')
                || await store.Get(Key(siteId), InventoryJson.Default.SiteModel, cancel) is not { } stored)
            {
                return null;
            }

            await Stored(stored);
        }
    }

    /// <summary>
    /// Writes what <paramref name="decide"/> makes of the model, if it differs from the stored one, with whatever has to be in the same commit. When another
    /// replica was faster, its model is taken over and the decision made again. Null, or why not.
    /// </summary>
    private async Task<Failure?> Save(
        KnownSite known, string siteId, Func<SiteModel?, Outcome<SiteModel>> decide, CancellationToken cancel, Func<Batch, Batch>? alongside = null)
    {
        for (var left = Tries; ; left--)
        {
            if (!decide(known.Model).TryGet(out var model, out var refusal))
            {
                return refusal;
            }

            var value = JsonSerializer.SerializeToUtf8Bytes(model, InventoryJson.Default.SiteModel);
            var same = known.Stored.AsSpan().SequenceEqual(value);
            var batch = same ? new Batch() : new Batch().Put(Key(siteId), value, known.Version);
            batch = alongside?.Invoke(batch) ?? batch;
            var result = batch.Items.Count > 0 ? await store.Commit(batch, cancel) : CommitResult.At(known.Version);
            if (result.IsCommitted)
            {
                (known.Version, known.Model, known.Stored) = (same ? known.Version : result.Revision, model, value);
                return null;
            }

            if (left == 1 || !result.Conflicts.Any(c => c.Key == Key(siteId)))
            {
                return result.ToFailure();
            }

            if (await store.Get(Key(siteId), InventoryJson.Default.SiteModel, cancel) is { } stored)
            {
                Take(known, stored);
            }
        }
    }

    /// <summary>Under the site's turn.</summary>
    private void Take(KnownSite known, Stored<SiteModel> stored)
    {
        if (stored.Version > known.Version)
        {
            known.Take(stored.Value, stored.Version, clock.GetUtcNow());
            hosts.Take(stored.Value);
            Publish(known);
        }
    }

    private void Publish(KnownSite known)
    {
        fleet.SetSite(known.Model!, known.Health);
        Changed?.Invoke(Status(known));
    }

    private SiteStatus Status(KnownSite known) =>
        new(known.Model!, known.Health, known.LastHeartbeat, fleet.HeldAt(known.Model!.SiteId)) { Owed = fleet.OwedAt(known.Model.SiteId) };
}
