using System.Collections.Immutable;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;

namespace Mano.Meo.Inventory;

/// <summary>
/// Every host and what is held on it, in memory: the one ledger of the one owner (docs/adr/0009-placement.md). The
/// holds are rebuilt from the store at start; from then on nothing is promised that did not go through
/// <see cref="TryHold"/>, whose check and booking are one step under one lock. Placement gets immutable snapshots.
/// </summary>
internal sealed class Fleet
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, HostModel> hosts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceAmount> used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CapacityHold> holds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Debt> debts = new(StringComparer.Ordinal);
    private FleetSnapshot? current;

    /// <summary>The hosts as they are now.</summary>
    public FleetSnapshot Snapshot
    {
        get
        {
            lock (gate)
            {
                return current ??= FleetSnapshot.Of(hosts.Values);
            }
        }
    }

    /// <summary>Replaces what is known of a site's hosts. Hosts it no longer has leave the snapshot; their holds stay on record.</summary>
    public void SetSite(SiteModel site, SiteHealth health)
    {
        lock (gate)
        {
            foreach (var gone in hosts.Values.Where(h => h.SiteId == site.SiteId && !site.Hosts.Any(r => r.HostId == h.HostId)).ToList())
            {
                hosts.Remove(gone.HostId);
                used.Remove(gone.HostId);
            }

            foreach (var report in site.Hosts)
            {
                Set(site, health, report);
            }

            current = null;
        }
    }

    /// <summary>
    /// Promises capacity, or refuses with CAPACITY_TAKEN (somebody was faster: place again) or HOST_UNKNOWN. The same
    /// hold twice is one hold.
    /// </summary>
    public Failure? TryHold(CapacityHold hold)
    {
        lock (gate)
        {
            if (holds.TryGetValue(hold.AppInstanceId, out var existing))
            {
                return existing == hold ? null : Failure.Conflict(
                    "HOLD_EXISTS", $"Operation {existing.OperationId} already holds capacity on {existing.HostId} for this instance.", "app-instance/" + hold.AppInstanceId);
            }

            if (!hosts.TryGetValue(hold.HostId, out var host))
            {
                return Failure.Conflict("HOST_UNKNOWN", $"The host {hold.HostId} is not in the inventory any more.", "host/" + hold.HostId);
            }

            if (!hold.Amount.FitsIn(host.Free))
            {
                return Failure.Conflict("CAPACITY_TAKEN", $"{hold.Amount} are needed on {hold.HostId}; {host.Free.AtLeastZero()} are free.", "host/" + hold.HostId);
            }

            Book(hold);
            return null;
        }
    }

    /// <summary>Takes over a hold that the store has, whether it fits or not: it was promised.</summary>
    public void Restore(CapacityHold hold)
    {
        lock (gate)
        {
            if (!holds.ContainsKey(hold.AppInstanceId))
            {
                Book(hold);
            }
        }
    }

    /// <summary>Gives back the instance's hold if it is this operation's, or whosever it is when null.</summary>
    public void ReleaseIfAny(string appInstanceId, string? operationId)
    {
        lock (gate)
        {
            if (!holds.TryGetValue(appInstanceId, out var hold) || (operationId is not null && hold.OperationId != operationId))
            {
                return;
            }

            holds.Remove(appInstanceId);
            if (hosts.TryGetValue(hold.HostId, out var host))
            {
                hosts[hold.HostId] = host with { Held = host.Held - hold.Amount, Instances = host.Instances.Remove(appInstanceId) };
                current = null;
            }
        }
    }

    /// <summary>An instance was given up that its site may still run: what it occupies there is not free. The same debt twice is one.</summary>
    public void Owe(Debt debt)
    {
        lock (gate)
        {
            debts[Debts.Key(debt.SiteId, debt.AppInstanceId)] = debt;
            CountOwed(debt.HostId);
        }
    }

    /// <summary>These debts and no others.</summary>
    public void OweOnly(IEnumerable<Debt> stored)
    {
        lock (gate)
        {
            debts.Clear();
            foreach (var debt in stored)
            {
                debts[Debts.Key(debt.SiteId, debt.AppInstanceId)] = debt;
            }

            hosts.Keys.ToList().ForEach(CountOwed);
        }
    }

    /// <summary>The debt stored under this key is gone.</summary>
    public void Paid(string key)
    {
        lock (gate)
        {
            if (debts.Remove(key, out var debt))
            {
                CountOwed(debt.HostId);
            }
        }
    }

    /// <summary>How many debts each site has.</summary>
    public IReadOnlyList<(string SiteId, int Count)> DebtsBySite()
    {
        lock (gate)
        {
            return [.. debts.Values.GroupBy(d => d.SiteId).Select(g => (g.Key, g.Count()))];
        }
    }

    /// <summary>The instance's hold, if it has one.</summary>
    public CapacityHold? HoldOf(string appInstanceId)
    {
        lock (gate)
        {
            return holds.GetValueOrDefault(appInstanceId);
        }
    }

    /// <summary>What is held on each host of a site.</summary>
    public ImmutableDictionary<string, ResourceAmount> HeldAt(string siteId)
    {
        lock (gate)
        {
            return hosts.Values.Where(h => h.SiteId == siteId).ToImmutableDictionary(h => h.HostId, h => h.Held);
        }
    }

    /// <summary>What is owed on each host of a site.</summary>
    public ImmutableDictionary<string, ResourceAmount> OwedAt(string siteId)
    {
        lock (gate)
        {
            return hosts.Values.Where(h => h.SiteId == siteId).ToImmutableDictionary(h => h.HostId, h => h.Owed);
        }
    }

    private ResourceAmount OwedOn(string hostId) =>
        debts.Values.Where(d => d.HostId == hostId).Aggregate(default(ResourceAmount), (sum, d) => sum + d.Amount);

    private void CountOwed(string hostId)
    {
        if (hosts.TryGetValue(hostId, out var host))
        {
            hosts[hostId] = host with { Owed = OwedOn(hostId) };
            current = null;
        }
    }

    private void Book(CapacityHold hold)
    {
        holds[hold.AppInstanceId] = hold;
        if (hosts.TryGetValue(hold.HostId, out var host))
        {
            hosts[hold.HostId] = host with { Held = host.Held + hold.Amount, Instances = host.Instances.Add(hold.AppInstanceId) };
            current = null;
        }
    }

    private void Set(SiteModel site, SiteHealth health, HostReport report)
    {
        var known = hosts.GetValueOrDefault(report.HostId);
        var owed = OwedOn(report.HostId);
        var (held, instances) = known is null ? HeldOn(report.HostId) : (known.Held, known.Instances);

        // What others use is what the VIM reports beyond our own holds and what is owed, settled when a new figure arrives: between two
        // figures our own coming and going does not change it.
        var others = known is not null && used.TryGetValue(report.HostId, out var before) && before == report.Used
            ? known.Others
            : (report.Used - held - owed).AtLeastZero();
        used[report.HostId] = report.Used;
        hosts[report.HostId] = new()
        {
            HostId = report.HostId,
            SiteId = site.SiteId,
            Zone = report.Zone,
            CountryCode = site.Location?.CountryCode ?? "",
            SiteHealth = health,
            Healthy = report.Healthy,
            Message = report.Message,
            Maintenance = site.Maintenance.Contains(report.HostId),
            WorkloadKinds = report.WorkloadKinds,
            CpuArchitecture = report.CpuArchitecture,
            Total = report.Total,
            Others = others,
            Held = held,
            Owed = owed,
            Instances = instances,
            LatencyNs = report.LatencyNs,
            Services = report.Services,
            Features = report.Features,
            Hardware = [.. report.Hardware.Select(h => h.ToLowerInvariant())],
        };
    }

    private (ResourceAmount Held, ImmutableHashSet<string> Instances) HeldOn(string hostId)
    {
        var here = holds.Values.Where(h => h.HostId == hostId).ToList();
        return (here.Aggregate(default(ResourceAmount), (sum, h) => sum + h.Amount), [.. here.Select(h => h.AppInstanceId)]);
    }
}
