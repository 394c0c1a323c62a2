using System.Collections.Immutable;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Mesh.Failures;

namespace Mano.Meo.Inventory;

/// <summary>
/// Every host and what is held on it, in memory. Every replica follows the holds in the store; the one that owns the ledger
/// (docs/adr/0009-placement.md) promises, and nothing is promised that did not go through <see cref="TryHold"/>, whose check and
/// booking are one step under one lock. Placement gets immutable snapshots.
/// </summary>
internal sealed class Fleet
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, ResourceAmount> used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> holders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Debt> debts = new(StringComparer.Ordinal);
    private readonly HoldBook book = new();
    private readonly Dictionary<string, HeldOnHost> heldOn = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResourceAmount> owedOn = new(StringComparer.Ordinal);
    private FleetSnapshot current = FleetSnapshot.Empty;

    /// <summary>The hosts as they are now. Each change makes another; what it costs does not grow with the fleet.</summary>
    public FleetSnapshot Snapshot
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>Replaces what is known of a site's hosts. Hosts it no longer has leave the snapshot; their holds stay on record.</summary>
    public void SetSite(SiteModel site, SiteHealth health)
    {
        lock (gate)
        {
            var present = site.Hosts.Select(r => r.HostId).ToHashSet(StringComparer.Ordinal);
            foreach (var gone in At(site.SiteId).Where(h => !present.Contains(h.HostId)))
            {
                current = current.Without(gone.HostId);
                used.Remove(gone.HostId);
            }

            foreach (var report in site.Hosts)
            {
                Set(site, health, report);
            }
        }
    }

    /// <summary>
    /// Promises capacity, or refuses with CAPACITY_TAKEN (somebody was faster: place again) or HOST_UNKNOWN. The same
    /// hold twice is one hold.
    /// </summary>
    /// <param name="hold">What is wanted.</param>
    /// <param name="leaving">Instances whose termination is committed together with the hold: what they have there counts as free for it.</param>
    public Failure? TryHold(CapacityHold hold, params IReadOnlyCollection<string> leaving)
    {
        lock (gate)
        {
            if (book.Of(hold.AppInstanceId).FirstOrDefault() is { } existing)
            {
                return existing == hold ? null : Failure.Conflict(
                    "HOLD_EXISTS", $"Operation {existing.OperationId} already holds capacity on {existing.HostId} for this instance.", "app-instance/" + hold.AppInstanceId);
            }

            if (current.Find(hold.HostId) is not { } host)
            {
                return Failure.Conflict("HOST_UNKNOWN", $"The host {hold.HostId} is not in the inventory any more.", "host/" + hold.HostId);
            }

            var there = leaving.SelectMany(book.Of).Where(h => h.HostId == hold.HostId).Aggregate(HeldOnHost.Of(host), (held, h) => held.With(h, -1, isHere: false)).On(host);
            if (!hold.Amount.FitsIn(there.Free))
            {
                return Failure.Conflict("CAPACITY_TAKEN", $"{hold.Amount} are needed on {hold.HostId}; {there.Free.AtLeastZero()} are free.", "host/" + hold.HostId);
            }

            if (hold.Devices.Length > 0 && Devices.Read(hold.Devices).FirstOrDefault(d => there.FreeOf(d.Key) < d.Value) is { Key: { } device, Value: var count })
            {
                return Failure.Conflict("CAPACITY_TAKEN", $"{count} {device} are needed on {hold.HostId}; {Math.Max(0, there.FreeOf(device) ?? 0)} are free.", "host/" + hold.HostId);
            }

            Change(hold.AppInstanceId, () => book.Book(hold));
            return null;
        }
    }

    /// <summary>Promises all of it or nothing, as <see cref="TryHold"/> does one.</summary>
    public Failure? TryHoldAll(IReadOnlyList<CapacityHold> holds)
    {
        lock (gate)
        {
            for (var i = 0; i < holds.Count; i++)
            {
                if (TryHold(holds[i]) is { } refusal)
                {
                    foreach (var booked in holds.Take(i))
                    {
                        ReleaseIfAny(booked.AppInstanceId, booked.OperationId);
                    }

                    return refusal;
                }
            }

            return null;
        }
    }

    /// <summary>The store has taken the booking, at this version.</summary>
    public void Confirm(CapacityHold hold, long version)
    {
        lock (gate)
        {
            Change(hold.AppInstanceId, () =>
            {
                book.Put(hold, version);
                book.Withdraw(hold.AppInstanceId, hold.OperationId);
            });
        }
    }

    /// <summary>Gives back what is booked for the instance and not stored, if it is this operation's, or whosever it is when null.</summary>
    public void ReleaseIfAny(string appInstanceId, string? operationId)
    {
        lock (gate)
        {
            Change(appInstanceId, () => book.Withdraw(appInstanceId, operationId));
        }
    }

    /// <summary>The store has this hold at this version; counted whether it fits or not: it was promised.</summary>
    public void Stored(CapacityHold hold, long version)
    {
        lock (gate)
        {
            Change(hold.AppInstanceId, () => book.Put(hold, version));
        }
    }

    /// <summary>The store has no hold of the instance at this version.</summary>
    public void Gone(string appInstanceId, long version, string? operationId = null)
    {
        lock (gate)
        {
            Change(appInstanceId, () => book.Remove(appInstanceId, version, operationId));
        }
    }

    /// <summary>A debt stands for the instance's hold from now on.</summary>
    public void Drop(string appInstanceId)
    {
        lock (gate)
        {
            Change(appInstanceId, () => book.Drop(appInstanceId));
        }
    }

    /// <summary>See <see cref="HoldBook.Passed"/>.</summary>
    public void Passed(long version)
    {
        lock (gate)
        {
            book.Passed(version);
        }
    }

    /// <summary>The instances whose holds the store is known to have.</summary>
    public IReadOnlyCollection<string> StoredHolds
    {
        get
        {
            lock (gate)
            {
                return book.Stored;
            }
        }
    }

    /// <summary>An instance was given up that its site may still run: what it occupies there is not free. The same debt twice is one.</summary>
    public void Owe(Debt debt)
    {
        lock (gate)
        {
            var key = Debts.Key(debt.SiteId, debt.AppInstanceId);
            if (debts.TryGetValue(key, out var before))
            {
                CountOwed(before.HostId, default(ResourceAmount) - before.Amount);
            }

            debts[key] = debt;
            CountOwed(debt.HostId, debt.Amount);
        }
    }

    /// <summary>The debt stored under this key is gone.</summary>
    public void Paid(string key)
    {
        lock (gate)
        {
            if (debts.Remove(key, out var debt))
            {
                CountOwed(debt.HostId, default(ResourceAmount) - debt.Amount);
            }
        }
    }

    /// <summary>The instances that have a hold at a site.</summary>
    public IReadOnlySet<string> HeldBy(string siteId)
    {
        lock (gate)
        {
            return holders.TryGetValue(siteId, out var here) ? here.ToHashSet(StringComparer.Ordinal) : [];
        }
    }

    /// <summary>The instances whose removal a site owes.</summary>
    public IReadOnlySet<string> OwedBy(string siteId)
    {
        lock (gate)
        {
            return debts.Values.Where(d => d.SiteId == siteId).Select(d => d.AppInstanceId).ToHashSet(StringComparer.Ordinal);
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
            return book.Of(appInstanceId).FirstOrDefault();
        }
    }

    /// <summary>What is held on each host of a site.</summary>
    public ImmutableDictionary<string, ResourceAmount> HeldAt(string siteId)
    {
        lock (gate)
        {
            return At(siteId).ToImmutableDictionary(h => h.HostId, h => h.Held);
        }
    }

    /// <summary>What is owed on each host of a site.</summary>
    public ImmutableDictionary<string, ResourceAmount> OwedAt(string siteId)
    {
        lock (gate)
        {
            return At(siteId).ToImmutableDictionary(h => h.HostId, h => h.Owed);
        }
    }

    private IEnumerable<HostModel> At(string siteId) => current.AtSite(siteId)?.All().Select(e => e.Host) ?? [];

    private void CountOwed(string hostId, ResourceAmount more)
    {
        var owed = owedOn.GetValueOrDefault(hostId) + more;
        owedOn[hostId] = owed;
        if (owed == default)
        {
            owedOn.Remove(hostId);
        }

        if (current.Find(hostId) is { } host)
        {
            current = current.With(host with { Owed = owed });
        }
    }

    /// <summary>Changes the book for one instance, and what is held on the hosts by the difference.</summary>
    private void Change(string appInstanceId, Action change)
    {
        var before = book.Of(appInstanceId).ToList();
        change();
        var after = book.Of(appInstanceId).ToList();
        foreach (var hold in before.Except(after))
        {
            Count(hold, -1, after);
            _ = after.Any(h => h.SiteId == hold.SiteId) || (holders.GetValueOrDefault(hold.SiteId)?.Remove(appInstanceId) ?? false);
        }

        foreach (var hold in after.Except(before))
        {
            Count(hold, 1, after);
            _ = holders.TryGetValue(hold.SiteId, out var here) ? here.Add(appInstanceId) : holders.TryAdd(hold.SiteId, [appInstanceId]);
        }
    }

    /// <summary>Also of a host that is not known yet, or any more.</summary>
    private void Count(CapacityHold hold, int sign, List<CapacityHold> after)
    {
        var isHere = after.Any(h => h.HostId == hold.HostId);
        var here = (heldOn.GetValueOrDefault(hold.HostId) ?? HeldOnHost.Nothing).With(hold, sign, isHere);
        heldOn[hold.HostId] = here;
        if (here.Instances.IsEmpty)
        {
            heldOn.Remove(hold.HostId);
        }

        if (current.Find(hold.HostId) is { } host)
        {
            current = current.With(here.On(host));
        }
    }

    private void Set(SiteModel site, SiteHealth health, HostReport report)
    {
        var known = current.Find(report.HostId);
        var owed = owedOn.GetValueOrDefault(report.HostId);
        var here = heldOn.GetValueOrDefault(report.HostId) ?? HeldOnHost.Nothing;

        // What others use is what the VIM reports beyond our own holds and what is owed, settled when a new figure arrives: between two
        // figures our own coming and going does not change it.
        var others = known is not null && used.TryGetValue(report.HostId, out var before) && before == report.Used
            ? known.Others
            : (report.Used - here.Held - owed).AtLeastZero();
        used[report.HostId] = report.Used;
        current = current.With(here.On(HostReports.ToHost(site, health, report) with { Others = others, Owed = owed }));
    }
}
