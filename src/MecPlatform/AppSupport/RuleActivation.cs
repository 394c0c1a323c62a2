using System.Net;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Brings an instance's rules into effect: names first, then traffic, then services; and out of it in the reverse
/// order, so that no name leads to an instance that traffic does not reach any more for longer than it must.
/// </summary>
internal sealed class RuleActivation(DnsTable dns, IDnsBackend backend, IDataPlane plane, Services services, DnsOptions options)
{
    private static readonly ForwardTarget Nowhere = new(IPAddress.None, []);

    private readonly EffectCheck check = new(dns, plane);

    /// <summary>Makes exactly the record's rules active; what is unchanged is not touched. Says whether the offered services changed, or why a rule cannot be.</summary>
    public async Task<Outcome<bool>> Activate(ApplicationRecord record, CancellationToken cancel)
    {
        var instance = IPAddress.Parse(record.Endpoint!.Address);
        if (!NamesOf(record, instance).TryGet(out var entries, out var failure))
        {
            return failure;
        }

        dns.Apply(record.AppInstanceId, entries);
        await backend.Settle(record.AppInstanceId, cancel);
        try
        {
            plane.Apply(record.AppInstanceId, new(instance, TcpPortsOf(record.Endpoint)), [.. record.Configuration.TrafficRules.Where(r => IsWanted(record, r))]);
        }
        catch (FailureException away)
        {
            return away.Failure;
        }

        return services.Offer(record.AppInstanceId, record.Configuration.ServicesProduced);
    }

    /// <summary>What acts other than it shall, in one sentence; null: nothing. A rule that cannot act is told by the instance's phase, not here.</summary>
    /// <param name="appInstanceId">Which.</param>
    /// <param name="record">Whose rules shall act; null: none of this instance.</param>
    /// <param name="acting">Its traffic rules that do act.</param>
    public string? Difference(string appInstanceId, ApplicationRecord? record, IEnumerable<string> acting)
    {
        if (record is null)
        {
            return check.Difference(appInstanceId, [], [], acting);
        }

        return NamesOf(record, IPAddress.Parse(record.Endpoint!.Address)).TryGet(out var entries, out _)
            ? check.Difference(appInstanceId, entries, [.. record.Configuration.TrafficRules.Where(r => IsWanted(record, r)).Select(r => r.Id)], acting)
            : null;
    }

    /// <summary>What acts at this moment: traffic rules by instance, and every instance with a name.</summary>
    public (ILookup<string, string> Traffic, IReadOnlyCollection<string> Names) Acting() => (check.ActingTrafficRules(), check.ActingNames());

    /// <summary>Takes everything out of effect and closes its flows; says whether the offered services changed.</summary>
    public async Task<bool> Withdraw(string appInstanceId, CancellationToken cancel)
    {
        var changed = await Retire(appInstanceId, cancel);
        CloseFlows(appInstanceId);
        return changed;
    }

    public void CloseFlows(string appInstanceId) => plane.CloseFlows(appInstanceId);

    /// <summary>Nothing new comes to it; what is under way goes on until <see cref="CloseFlows"/>.</summary>
    public async Task<bool> Retire(string appInstanceId, CancellationToken cancel)
    {
        var changed = services.Offer(appInstanceId, []);
        plane.Apply(appInstanceId, Nowhere, []);
        dns.Apply(appInstanceId, []);
        await backend.Settle(appInstanceId, cancel);
        return changed;
    }

    /// <summary>The names of a configuration belong to the instance from here on. Throws if another holds one.</summary>
    public void Claim(string appInstanceId, PlatformConfiguration configuration)
    {
        if (dns.Claim(appInstanceId, [.. configuration.DnsRules.Select(r => r.Name)]) is { } taken)
        {
            throw Failure.AlreadyExists(
                "DOMAIN_NAME_TAKEN",
                $"The domain name {taken.Name} was asked for by instance {appInstanceId}, but belongs to instance {taken.Holder}: terminate that one first, or use another name.",
                $"domain-name/{taken.Name}").ToException();
        }
    }

    /// <summary>Nothing of the instance is left.</summary>
    public async Task<bool> Forget(string appInstanceId, CancellationToken cancel)
    {
        var changed = await Withdraw(appInstanceId, cancel);
        dns.Claim(appInstanceId, []);
        plane.Forget(appInstanceId);
        return changed;
    }

    /// <summary>The record with the real state of each rule.</summary>
    public ApplicationView View(ApplicationRecord record)
    {
        var namesAct = backend.WhyNot(record.AppInstanceId) is null;
        return new(
            record,
            [.. record.Configuration.TrafficRules.Select(r => new TrafficRuleView(
                r, plane.IsActive(record.AppInstanceId, r.Id), plane.Check(r), plane.TrafficOf(record.AppInstanceId, r.Id)))],
            [.. record.Configuration.DnsRules.Select(r => new DnsRuleView(r, namesAct && dns.IsActive(record.AppInstanceId, r.Id)))],
            services.Missing(record.Configuration.ServicesRequired));
    }

    /// <summary>Why the instance's names are not answered as they shall, though its other rules act; null: they are.</summary>
    public string? WhyNamesWait(string appInstanceId) => backend.WhyNot(appInstanceId);

    /// <summary>"Every rule is active." or which are not, and why.</summary>
    public string Describe(ApplicationRecord record)
    {
        string[] lost = [.. record.Configuration.TrafficRules.Where(r => plane.Check(r).Level == EnforcementLevel.NotEnforced).Select(r => r.Id)];
        var off = record.TrafficRulesOff.Count + record.DnsRulesOff.Count;
        return lost.Length == 0 && off == 0
            ? "Every rule is active."
            : "Active"
              + (lost.Length == 0 ? string.Empty : $"; not enforced by the {plane.Kind} data plane: {string.Join(", ", lost)}")
              + (off == 0 ? "." : $"; {off} rule(s) switched off by the application.");
    }

    private Outcome<List<DnsEntry>> NamesOf(ApplicationRecord record, IPAddress instance)
    {
        var entries = new List<DnsEntry>();
        foreach (var rule in record.Configuration.DnsRules.Where(r => !record.DnsRulesOff.Contains(r.Id)))
        {
            if (!rule.Resolve(instance, options.DefaultTtlSeconds).TryGet(out var entry, out var failure))
            {
                return failure;
            }

            entries.Add(entry);
        }

        return entries;
    }

    private static int[] TcpPortsOf(InstanceEndpoint endpoint) =>
        [.. endpoint.Ports.Where(p => p.Protocol.Equals("TCP", StringComparison.OrdinalIgnoreCase)).Select(p => p.Number)];

    private bool IsWanted(ApplicationRecord record, TrafficRule rule) =>
        !record.TrafficRulesOff.Contains(rule.Id) && plane.Check(rule).Level != EnforcementLevel.NotEnforced;
}

/// <summary>A record and what is really in effect.</summary>
internal sealed record ApplicationView(
    ApplicationRecord Record,
    IReadOnlyList<TrafficRuleView> TrafficRules,
    IReadOnlyList<DnsRuleView> DnsRules,
    IReadOnlyList<ServiceDependency> ServicesMissing);

/// <summary>A traffic rule and its real state.</summary>
internal sealed record TrafficRuleView(TrafficRule Rule, bool IsActive, Enforcement Enforcement, RuleTraffic Traffic);

/// <summary>A DNS rule and its real state.</summary>
internal sealed record DnsRuleView(DnsRule Rule, bool IsActive);
