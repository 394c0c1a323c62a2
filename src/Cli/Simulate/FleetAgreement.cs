using System.Runtime.CompilerServices;
using Mano.Cli.Connection;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mepm.Simulation;

namespace Mano.Cli.Simulate;

/// <summary>
/// Compares what the MEO has on record with what the sites really have, down to the VIM: the proof that nothing is stuck, lost or left over.
/// </summary>
internal static class FleetAgreement
{
    /// <summary>Every difference in one sentence; none: they agree.</summary>
    /// <param name="known">The instances that the simulation made.</param>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(MeoConnection meo, Fleet fleet, IReadOnlyCollection<string> known, CancellationToken stop)
    {
        var records = new Dictionary<string, AppInstance>(StringComparer.Ordinal);
        for (var page = ""; ;)
        {
            var list = await meo.Ask(o => meo.Lifecycle.ListAppInstancesAsync(new() { PageSize = 500, PageToken = page }, o), stop);
            foreach (var instance in list.AppInstances.Where(i => known.Contains(i.AppInstanceId)))
            {
                records[instance.AppInstanceId] = instance;
            }

            if ((page = list.NextPageToken).Length == 0)
            {
                break;
            }
        }

        var holdings = new List<SiteHolding>();
        foreach (var site in fleet.Sites)
        {
            holdings.AddRange(await site.Site.HoldingsAsync(stop));
        }

        return [.. Between(records, holdings), .. Between(await HeldAsync(meo, fleet, stop), records.Values)];
    }

    /// <summary>Of the records and of what sites have.</summary>
    public static IEnumerable<string> Between(IReadOnlyDictionary<string, AppInstance> records, IReadOnlyCollection<SiteHolding> holdings)
    {
        var places = holdings.ToLookup(h => h.AppInstanceId, StringComparer.Ordinal);
        foreach (var (id, record) in records)
        {
            if (record.RunningOperationId.Length > 0)
            {
                yield return $"{id}: operation {record.RunningOperationId} has not ended";
            }
            else if (record.InstantiationState == AppInstance.Types.InstantiationState.Instantiated)
            {
                foreach (var wrong in Instantiated(record, [.. places[id]]))
                {
                    yield return $"{id}: INSTANTIATED on {record.Location?.HostId}, and {wrong}";
                }
            }
            else if (places[id].Any())
            {
                yield return $"{id}: NOT_INSTANTIATED, and {string.Join(", ", places[id].Select(Said))}";
            }
        }

        foreach (var orphan in holdings.Where(h => !records.ContainsKey(h.AppInstanceId)))
        {
            yield return $"{orphan.AppInstanceId}: the MEO has no record of it, and {Said(orphan)}";
        }
    }

    /// <summary>Of the capacity that is promised on hosts, in thousandths of a CPU, and of the instances there.</summary>
    public static IEnumerable<string> Between(IReadOnlyDictionary<string, long> promised, IEnumerable<AppInstance> records)
    {
        var needed = records.Where(r => r.InstantiationState == AppInstance.Types.InstantiationState.Instantiated)
            .GroupBy(r => r.Location?.HostId ?? "").ToDictionary(g => g.Key, g => g.Count() * 1_000L, StringComparer.Ordinal);
        foreach (var (host, milliCpu) in promised)
        {
            if (milliCpu != needed.GetValueOrDefault(host))
            {
                yield return $"{host}: {milliCpu} thousandths of a CPU are promised, and its instances need {needed.GetValueOrDefault(host)}";
            }
        }
    }

    private static IEnumerable<string> Instantiated(AppInstance record, IReadOnlyList<SiteHolding> places)
    {
        if (places.Where(p => p.HostId == record.Location?.HostId).ToArray() is not [var place])
        {
            yield return "that host has nothing of it";
        }
        else if (place is not { IsDesired: true, IsSteady: true, IsRunning: true, IsServed: true })
        {
            yield return Said(place);
        }

        foreach (var other in places.Where(p => p.HostId != record.Location?.HostId))
        {
            yield return Said(other);
        }
    }

    private static string Said(SiteHolding holding) => $"{holding.HostId} has " + string.Join(", ", new[]
    {
        holding.IsDesired ? "a record of it" : "no record of it",
        holding.HasCompute ? holding.IsRunning ? "its compute running" : "its compute not running" : "no compute",
        holding.IsServed ? "its rules active" : holding.IsKnownToPlatform ? "its rules inactive" : "no rules",
        holding.IsSteady ? "all steady" : "not steady",
    });

    /// <summary>Every host that the MEO knows.</summary>
    public static async IAsyncEnumerable<MecHost> HostsAsync(MeoConnection meo, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var page = ""; ;)
        {
            var list = await meo.Ask(o => meo.Inventory.ListSitesAsync(new ListSitesRequest { PageSize = 500, PageToken = page }, o), stop);
            foreach (var host in list.Sites.SelectMany(s => s.Hosts))
            {
                yield return host;
            }

            if ((page = list.NextPageToken).Length == 0)
            {
                yield break;
            }
        }
    }

    private static async Task<Dictionary<string, long>> HeldAsync(MeoConnection meo, Fleet fleet, CancellationToken stop)
    {
        var ours = fleet.Sites.SelectMany(s => s.Site.HostIds).ToHashSet(StringComparer.Ordinal);
        var held = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var host in HostsAsync(meo, stop))
        {
            if (ours.Contains(host.HostId))
            {
                held[host.HostId] = (host.Held?.MilliCpu ?? 0) + (host.Owed?.MilliCpu ?? 0);
            }
        }

        return held;
    }
}
