using Mano.Chaos.History;
using Mano.Chaos.Workload;

namespace Mano.Chaos.Truth;

/// <summary>Says where what is seen in one place differs from what is seen in another. Empty: the system tells the truth.</summary>
internal static class TruthCheck
{
    public static IReadOnlyList<Violation> Find(Observation seen)
    {
        var instances = seen.InstancesByReplica[0];
        return
        [
            .. seen.Unseen.Select(u => new Violation("UNSEEN", u)),
            .. seen.Unfinished.Select(o => new Violation("UNFINISHED", $"Operation {o} has not ended.")),
            .. seen.Debts.Select(d => new Violation("DEBT", $"A debt is left: {d}.")),
            .. seen.Findings.Select(f => new Violation("FINDING", $"A finding is open: {f}.")),
            .. ReplicasAgree(seen),
            .. instances.Where(i => i.Running is not null).Select(i => new Violation("STILL_RUNNING", $"The record says that operation {i.Running} is at work.", i.Id)),
            .. GrantsAreInstances(seen, instances),
            .. seen.Sites.SelectMany(s => Site(s, [.. instances.Where(i => i.HostId == s.HostId && i.State != "NOT_INSTANTIATED")])),
        ];
    }

    private static IEnumerable<Violation> ReplicasAgree(Observation seen)
    {
        var first = seen.InstancesByReplica[0];
        for (var i = 1; i < seen.InstancesByReplica.Count; i++)
        {
            foreach (var differing in first.Except(seen.InstancesByReplica[i]).Concat(seen.InstancesByReplica[i].Except(first)))
            {
                yield return new("REPLICAS_DIFFER", $"Replica 1 and replica {i + 1} tell different things: {differing}.", differing.Id);
            }
        }
    }

    private static IEnumerable<Violation> GrantsAreInstances(Observation seen, IReadOnlyList<SeenInstance> instances) => Compare(
        "GRANTS",
        "instance that is instantiated",
        [.. instances.Where(i => i.State != "NOT_INSTANTIATED").Select(i => $"{i.Id} on {i.HostId}")],
        "grant",
        [.. seen.Grants.Select(g => $"{g.Instance} on {g.HostId}")]);

    private static IEnumerable<Violation> Site(SeenSite site, IReadOnlyList<SeenInstance> here)
    {
        var all = here.Select(i => i.Id).ToList();
        var started = here.Where(i => i.State == "STARTED").ToList();
        if (!site.Healthy)
        {
            yield return new("UNHEALTHY", $"The MEO does not find {site.HostId} healthy.");
        }

        if (site.HeldMilliCpu != all.Count * ChaosApp.MilliCpu || site.HeldMilliCpu > site.TotalMilliCpu)
        {
            yield return new("HELD", $"On {site.HostId} {site.HeldMilliCpu} mCPU of {site.TotalMilliCpu} are held for {all.Count} instances of {ChaosApp.MilliCpu}.");
        }

        IEnumerable<Violation>[] comparisons =
        [
            Compare("MEPM", "instance", all, $"record at the MEPM of {site.SiteId}", [.. site.Mepm.Keys]),
            Compare("PLATFORM", "instance", all, $"application at the platform of {site.SiteId}", [.. site.Platform.Keys]),
            Compare("VIM", "instance", all, $"compute in the VIM of {site.SiteId}", [.. site.Computes.Keys]),
            Compare("DNS", "running application", Numbers(started), $"name at {site.SiteId}", [.. site.Named.Select(n => $"app {n}")]),
            Compare("GATEWAY", "running application", Numbers(started), $"traffic rule in effect at {site.SiteId}", [.. site.Steered.Select(n => $"app {n}")]),
            here.SelectMany(i => States(site, i)),
        ];
        foreach (var violation in comparisons.SelectMany(c => c))
        {
            yield return violation;
        }
    }

    private static IEnumerable<Violation> States(SeenSite site, SeenInstance instance)
    {
        var started = instance.State == "STARTED";
        if (site.Mepm.TryGetValue(instance.Id, out var phase) && phase != "Steady")
        {
            yield return new("PHASE", $"The MEPM of {site.SiteId} calls it {phase}.", instance.Id);
        }

        if (site.Platform.TryGetValue(instance.Id, out var rules) && rules != (started ? "active" : "inactive"))
        {
            yield return new("RULES", $"It is {instance.State}, and its rules at the platform of {site.SiteId} are {rules}.", instance.Id);
        }

        if (site.Computes.TryGetValue(instance.Id, out var compute) && compute.Power != (started ? "Started" : "Stopped"))
        {
            yield return new("POWER", $"It is {instance.State}, and its compute is {compute.Power}.", instance.Id);
        }
    }

    private static List<string> Numbers(IEnumerable<SeenInstance> instances) => [.. instances.Select(i => $"app {i.App}")];

    private static IEnumerable<Violation> Compare(string kind, string intent, IReadOnlyList<string> intended, string what, IReadOnlyList<string> found)
    {
        foreach (var missing in intended.Except(found))
        {
            yield return new($"{kind}_MISSING", $"An {intent}, and no {what}: {missing}.", missing.Split(' ')[0]);
        }

        foreach (var extra in found.Except(intended))
        {
            yield return new($"{kind}_EXTRA", $"A {what}, and no {intent}: {extra}.", extra.Split(' ')[0]);
        }

        foreach (var twice in found.GroupBy(f => f).Where(g => g.Count() > 1))
        {
            yield return new($"{kind}_TWICE", $"More than one {what}: {twice.Key}.", twice.Key.Split(' ')[0]);
        }
    }
}
