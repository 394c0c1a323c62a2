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
/// The sites: who they are (durable) and whether we hear from them (in memory). A heartbeat that says nothing new costs
/// no write. After a restart of the MEO every site counts as heard from just now: our own absence says nothing about theirs.
/// </summary>
internal sealed class SiteDirectory(IStateStore store, Fleet fleet, TimeProvider clock, InventoryOptions options, ILogger<SiteDirectory> logger)
{
    private readonly ConcurrentDictionary<string, KnownSite> sites = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> hostOwners = new(StringComparer.Ordinal);

    /// <summary>Raised after a site came, changed, fell silent or left. Handlers must be quick and must not throw.</summary>
    public event Action<SiteStatus>? Changed;

    public TimeSpan HeartbeatInterval => options.HeartbeatInterval;

    public static string Key(string siteId) => $"site/{Tenants.Default}/{siteId}";

    /// <summary>Reads every site at start.</summary>
    public async Task Load(CancellationToken cancel)
    {
        await foreach (var stored in store.ScanAll($"site/{Tenants.Default}/", InventoryJson.Default.SiteModel, cancel))
        {
            var known = sites.GetOrAdd(stored.Value.SiteId, _ => new KnownSite());
            known.Take(stored.Value, stored.Version, clock.GetUtcNow());
            foreach (var host in stored.Value.Hosts)
            {
                hostOwners[host.HostId] = stored.Value.SiteId;
            }

            Publish(known);
        }

        logger.Loaded(sites.Count);
    }

    /// <summary>Registers a site, or what changed of it. Refused while a live MEPM at another address holds it, or one of its hosts is another site's.</summary>
    public async Task<Outcome<SiteStatus>> Register(SiteModel site, CancellationToken cancel)
    {
        var known = sites.GetOrAdd(site.SiteId, _ => new KnownSite());
        using var turn = await known.Turn(cancel);
        if (known.Model is { } present && known.Health == SiteHealth.Alive && present.MepmAddress != site.MepmAddress)
        {
            logger.SecondMepm(site.SiteId, site.MepmAddress, present.MepmAddress);
            return Failure.AlreadyExists(
                "SITE_CLAIMED",
                $"Site {site.SiteId} is held by a live MEPM at {present.MepmAddress}; stop that one, or give {site.MepmAddress} a site id of its own.",
                "site/" + site.SiteId);
        }

        if (ClaimHosts(site) is { } taken)
        {
            return taken;
        }

        // What the operator set stays; so does the promise to hosts that did not change.
        var full = site with { Maintenance = known.Model?.Maintenance ?? [], Left = false };
        if (await Save(known, full, cancel) is { } failure)
        {
            return failure;
        }

        known.Heard(clock.GetUtcNow());
        Publish(known);
        logger.SiteRegistered(site.SiteId, site.Hosts.Length, site.MepmAddress, site.Incarnation);
        return Status(known);
    }

    /// <summary>
    /// The MEPM lives; the given hosts changed. NotFound if this incarnation, or one of the hosts, is not registered.
    /// </summary>
    public async Task<Outcome<SiteStatus>> Heartbeat(string siteId, string incarnation, ImmutableArray<HostReport> changed, CancellationToken cancel)
    {
        if (!sites.TryGetValue(siteId, out var known) || known.Model is not { Left: false } model || model.Incarnation != incarnation)
        {
            return NotRegistered(siteId);
        }

        if (changed.FirstOrDefault(c => !model.Hosts.Any(h => h.HostId == c.HostId)) is { } unknown)
        {
            return Failure.NotFound("HOST_NOT_REGISTERED", $"Host {unknown.HostId} is not registered with site {siteId}; register the site again.", "host/" + unknown.HostId);
        }

        var before = known.Health;
        known.Heard(clock.GetUtcNow());
        if (changed.Length > 0)
        {
            using var turn = await known.Turn(cancel);
            var hosts = known.Model!.Hosts.Select(h => changed.FirstOrDefault(c => c.HostId == h.HostId) ?? h);
            if (await Save(known, known.Model with { Hosts = [.. hosts] }, cancel) is { } failure)
            {
                return failure;
            }
        }

        if (changed.Length > 0 || before != SiteHealth.Alive)
        {
            Publish(known);
        }

        return Status(known);
    }

    /// <summary>The MEPM leaves on purpose. An older incarnation cannot take the newer one away.</summary>
    public async Task<Outcome<SiteStatus>> Deregister(string siteId, string incarnation, CancellationToken cancel)
    {
        if (!sites.TryGetValue(siteId, out var known) || known.Model is null)
        {
            return NotRegistered(siteId);
        }

        using var turn = await known.Turn(cancel);
        if (known.Model.Incarnation != incarnation)
        {
            return NotRegistered(siteId);
        }

        if (!known.Model.Left && await Save(known, known.Model with { Left = true }, cancel) is { } failure)
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
        if (!hostOwners.TryGetValue(hostId, out var siteId) || !sites.TryGetValue(siteId, out var known))
        {
            return Failure.NotFound("HOST_NOT_FOUND", $"There is no host {hostId}; list the sites to see which there are.", "host/" + hostId);
        }

        using var turn = await known.Turn(cancel);
        var others = known.Model!.Maintenance.Remove(hostId);
        if (await Save(known, known.Model with { Maintenance = maintenance ? others.Add(hostId) : others }, cancel, alongside) is { } failure)
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
    public SiteStatus? FindByHost(string hostId) => hostOwners.TryGetValue(hostId, out var siteId) ? Find(siteId) : null;

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

    private static Failure NotRegistered(string siteId) => Failure.NotFound(
        "SITE_NOT_REGISTERED", $"Site {siteId} is not registered in this incarnation; register it.", "site/" + siteId);

    /// <summary>Takes the site's hosts for it, or none of them.</summary>
    private Failure? ClaimHosts(SiteModel site)
    {
        lock (hostOwners)
        {
            foreach (var host in site.Hosts)
            {
                if (hostOwners.TryGetValue(host.HostId, out var owner) && owner != site.SiteId)
                {
                    return Failure.AlreadyExists(
                        "HOST_CLAIMED", $"Host {host.HostId} belongs to site {owner}; host ids are unique over all sites: rename one of them.", "host/" + host.HostId);
                }
            }

            foreach (var gone in hostOwners.Where(o => o.Value == site.SiteId && !site.Hosts.Any(h => h.HostId == o.Key)).ToList())
            {
                hostOwners.TryRemove(gone);
            }

            foreach (var host in site.Hosts)
            {
                hostOwners[host.HostId] = site.SiteId;
            }

            return null;
        }
    }

    /// <summary>Writes the model if it differs from the stored one, with whatever has to be in the same commit.</summary>
    private async Task<Failure?> Save(KnownSite known, SiteModel model, CancellationToken cancel, Func<Batch, Batch>? alongside = null)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(model, InventoryJson.Default.SiteModel);
        var same = known.Stored.AsSpan().SequenceEqual(value);
        var batch = new Batch();
        if (!same)
        {
            batch.Put(Key(model.SiteId), value, known.Version);
        }

        batch = alongside?.Invoke(batch) ?? batch;
        if (batch.Items.Count > 0)
        {
            var result = await store.Commit(batch, cancel);
            if (!result.IsCommitted)
            {
                return result.ToFailure();
            }

            known.Version = same ? known.Version : result.Revision;
        }

        known.Model = model;
        known.Stored = value;
        return null;
    }

    private void Publish(KnownSite known)
    {
        fleet.SetSite(known.Model!, known.Health);
        Changed?.Invoke(Status(known));
    }

    private SiteStatus Status(KnownSite known) =>
        new(known.Model!, known.Health, known.LastHeartbeat, fleet.HeldAt(known.Model!.SiteId)) { Owed = fleet.OwedAt(known.Model.SiteId) };
}
