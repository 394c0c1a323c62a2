using System.Collections.Immutable;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>
/// The data plane of an IP gateway: the rules are in the kernel, which goes on when this process does not. What waits while
/// the kernel is written goes into one transaction together.
/// </summary>
internal sealed class NftDataPlane(INftKernel kernel, RuleNumbers numbers, GtpGateway tunnels, ILogger<NftDataPlane> log) : IDataPlane, IDisposable
{
    private const string TunnelOwner = "gtp-u";
    private readonly Lock gate = new();
    private readonly Lock writing = new();
    private readonly Dictionary<string, ImmutableArray<NumberedRule>> wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<int, RuleTraffic> counted = [];
    private readonly Dictionary<NftFamily, NftPlan> written = [];
    private long changes;
    private long writes;
    private bool isHeld = true;
    private volatile TaskCompletionSource unseen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile HashSet<(string AppInstanceId, string RuleId)> active = []; // replaced, never changed

    public string Kind => "nft";

    public Enforcement Check(TrafficRule rule) => NftEnforcement.Check(rule);

    public void Apply(string appInstanceId, ForwardTarget instance, IReadOnlyList<TrafficRule> rules)
    {
        if (!rules.Any(rule => GtpTunnel.Of(rule) is not null))
        {
            Take(appInstanceId, instance, rules);
            return;
        }

        lock (writing)
        {
            Take(appInstanceId, instance, rules); // nobody takes down what is set up here before the rules that need it are known
        }
    }

    private void Take(string appInstanceId, ForwardTarget instance, IReadOnlyList<TrafficRule> rules)
    {
        ImmutableArray<NumberedRule> next;
        lock (gate)
        {
            next = [.. rules.Select(rule => NumberedOf(appInstanceId, instance, rule))];
            if (wanted.GetValueOrDefault(appInstanceId, []).SequenceEqual(next))
            {
                return;
            }
        }

        if (!isHeld)
        {
            tunnels.Ensure(TunnelsOf(next));
        }

        long mine;
        lock (gate)
        {
            _ = next.IsEmpty ? wanted.Remove(appInstanceId) : (wanted[appInstanceId] = next).IsEmpty;
            mine = ++changes;
        }

        Write(mine);
    }

    private NumberedRule NumberedOf(string appInstanceId, ForwardTarget instance, TrafficRule rule) => new(numbers.Of(appInstanceId, rule.Id), appInstanceId, rule, instance)
    {
        Tunnel = GtpTunnel.Of(rule) is { } tunnel ? new(numbers.Of(TunnelOwner, tunnel.Key), tunnel) : null,
    };

    private static IReadOnlyCollection<NumberedTunnel> TunnelsOf(IEnumerable<NumberedRule> rules) => [.. rules.Select(r => r.Tunnel).OfType<NumberedTunnel>().Distinct()];

    /// <summary>
    /// Before the first time, nothing is written: the kernel still has what a process before this one wrote, and must not
    /// lose it while the rules are told one instance after the other.
    /// </summary>
    public void Begin()
    {
        lock (writing)
        {
            isHeld = false;
            EnsureTunnels();
            Repair("the platform has started");
        }
    }

    /// <summary>Rules whose tunnel cannot be are left out, with all of their instance's: its record is compared later, and tried again with the reason.</summary>
    private void EnsureTunnels()
    {
        List<KeyValuePair<string, ImmutableArray<NumberedRule>>> tunnelled;
        lock (gate)
        {
            tunnelled = [.. wanted.Where(w => w.Value.Any(r => r.Tunnel is not null))];
        }

        foreach (var (appInstanceId, rules) in tunnelled)
        {
            try
            {
                tunnels.Ensure(TunnelsOf(rules));
            }
            catch (FailureException cannot)
            {
                NftLog.NoTunnel(log, appInstanceId, cannot.Failure.Message);
                lock (gate)
                {
                    wanted.Remove(appInstanceId);
                }
            }
        }
    }

    public Task Written => unseen.Task;

    /// <summary>Compares the kernel with intent, mends what differs, and reads the counters. Says what differed.</summary>
    public string? Compare()
    {
        lock (writing)
        {
            unseen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            string? difference = null;
            var found = NftFamily.Both.ToDictionary(family => family, family => kernel.List(family) is { } json ? NftListing.Parse(json) : null);
            Count(found.Values.OfType<NftListing>());
            foreach (var (family, listing) in found)
            {
                difference ??= listing is null ? $"table {family.Name} {NftFamily.Table} is missing"
                    : written.TryGetValue(family, out var plan) && listing.DifferenceTo(plan, family) is { } wrong ? $"{family.Name}: {wrong}" : null;
            }

            if (difference is not null)
            {
                NftLog.Differs(log, difference);
                Repair(difference);
            }

            if (tunnels.Compare() is { } broken)
            {
                NftLog.Differs(log, broken);
                difference ??= broken;
            }

            return difference;
        }
    }

    public void CloseFlows(string appInstanceId)
    {
        IReadOnlyCollection<int> mine;
        lock (gate)
        {
            mine = numbers.Of(appInstanceId);
        }

        kernel.ForgetFlows(mine);
    }

    public void Forget(string appInstanceId)
    {
        lock (gate)
        {
            foreach (var number in numbers.Of(appInstanceId))
            {
                counted.Remove(number);
            }

            numbers.Forget(appInstanceId);
        }
    }

    public bool IsActive(string appInstanceId, string ruleId) => active.Contains((appInstanceId, ruleId));

    public IEnumerable<(string AppInstanceId, string RuleId)> Active => active;

    public RuleTraffic TrafficOf(string appInstanceId, string ruleId)
    {
        lock (gate)
        {
            return counted.GetValueOrDefault(numbers.Find(appInstanceId, ruleId));
        }
    }

    public IEnumerable<(string AppInstanceId, string RuleId, RuleTraffic Traffic)> Counters
    {
        get
        {
            lock (gate)
            {
                return [.. wanted.Values.SelectMany(r => r).Select(r => (r.AppInstanceId, r.Rule.Id, counted.GetValueOrDefault(r.Number)))];
            }
        }
    }

    /// <summary>The kernel goes on; what needs this process, tunnels, pauses until the next one.</summary>
    public void Dispose() => tunnels.Dispose();

    private void Write(long mine)
    {
        lock (writing)
        {
            if (isHeld || Volatile.Read(ref writes) >= mine)
            {
                return; // told later, or written together with another's
            }

            try
            {
                Store((family, next) => NftTransaction.Change(written.GetValueOrDefault(family) ?? throw new InvalidOperationException("Nothing was written yet."), next, family));
            }
            catch (FailureException refused)
            {
                // A difference to what somebody else took away cannot be made; everything anew can.
                NftLog.Differs(log, refused.Failure.Message);
                Repair("a change was refused");
            }
        }
    }

    private void Repair(string why)
    {
        Store((family, next) => NftTransaction.Replace(kernel.List(family) is { } json ? NftListing.Parse(json).Names() : NftPlan.Empty, next, family));
        NftLog.Replaced(log, why, active.Count);
    }

    /// <summary>Everything wanted at this moment, in one transaction for both families.</summary>
    private void Store(Func<NftFamily, NftPlan, string> transaction)
    {
        List<NumberedRule> rules;
        long upTo;
        int generation;
        lock (gate)
        {
            rules = [.. wanted.Values.SelectMany(r => r).Order()];
            upTo = changes;
            numbers.Advance();
            generation = numbers.Generation;
        }

        var plans = NftFamily.Both.Select(family => (Family: family, Plan: NftCompiler.Compile(rules, generation, family))).ToList();
        kernel.Apply(string.Concat(plans.Select(p => transaction(p.Family, p.Plan))));
        foreach (var (family, plan) in plans)
        {
            written[family] = plan;
        }

        Volatile.Write(ref writes, upTo);
        active = [.. rules.Select(r => (r.AppInstanceId, r.Rule.Id))];
        unseen.TrySetResult();
        TakeDownTunnels(TunnelsOf(rules));
    }

    /// <summary>Nothing leads to the others any more. What is left of one is looked for again at the next comparison.</summary>
    private void TakeDownTunnels(IReadOnlyCollection<NumberedTunnel> kept)
    {
        try
        {
            tunnels.Retain(kept);
        }
        catch (FailureException later)
        {
            NftLog.Leftover(log, later.Failure.Message);
        }

        lock (gate)
        {
            numbers.Keep(TunnelOwner, kept.Select(k => k.Number).ToHashSet());
        }
    }

    /// <summary>A rule's packets of both families together.</summary>
    private void Count(IEnumerable<NftListing> listings)
    {
        var sums = listings.SelectMany(l => l.Counters).GroupBy(c => c.Key, c => c.Value)
            .Select(g => (Number: g.Key, Traffic: new RuleTraffic(g.Sum(c => c.Packets), g.Sum(c => c.Bytes)))).ToList();
        lock (gate)
        {
            foreach (var (number, traffic) in sums)
            {
                counted[number] = traffic;
            }
        }
    }
}

/// <summary>What an operator of a gateway reads.</summary>
internal static partial class NftLog
{
    [LoggerMessage(6600, LogLevel.Warning, "The gateway's packet filter was not as it should be ({Difference}) and is written anew: somebody else changed it.")]
    public static partial void Differs(ILogger logger, string difference);

    [LoggerMessage(6602, LogLevel.Warning, "The rules of {AppInstanceId} are not in effect, for a tunnel of theirs could not be made: {Why}")]
    public static partial void NoTunnel(ILogger logger, string appInstanceId, string why);

    [LoggerMessage(6603, LogLevel.Warning, "A tunnel that no rule has any more could not be taken down, which is tried again: {Why}")]
    public static partial void Leftover(ILogger logger, string why);

    [LoggerMessage(6601, LogLevel.Information, "The gateway's packet filter was written anew because {Why}: {Rules} rules are active.")]
    public static partial void Replaced(ILogger logger, string why, int rules);
}
