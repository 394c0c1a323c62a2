using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mano.Common.V1;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mepm.Wire;
using Mano.Platform.V1;
using Failure = Mano.Mesh.Failures.Failure;

namespace Mano.Mepm.Simulation;

/// <summary>
/// A platform that keeps Mm5's rules in memory and has no data plane: an application is ready as soon as it runs, its rules are
/// active from then on, and a drain is done at once. Outlives a restart of its MEPM, as the process of a real one would.
/// </summary>
internal sealed class SimulatedPlatform(string hostId) : IPlatform
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PlatformApplication> held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> fences = new(StringComparer.Ordinal);
    private readonly List<Channel<PlatformTold>> watchers = [];

    public Task<PlatformFacts> GetFacts(CancellationToken cancel) => Task.FromResult(new PlatformFacts($"{hostId}-platform", "", "", "", [], []));

    public Task<PlatformApplication?> Get(string appInstanceId, CancellationToken cancel)
    {
        lock (gate)
        {
            return Task.FromResult(held.GetValueOrDefault(appInstanceId));
        }
    }

    public Task<IReadOnlyList<PlatformApplication>> List(CancellationToken cancel)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<PlatformApplication>>([.. held.Values.OrderBy(a => a.AppInstanceId, StringComparer.Ordinal)]);
        }
    }

    public Task<PlatformApplication> EnsureApplication(string appInstanceId, long generation, PlatformSetup setup, CancellationToken cancel)
    {
        var configuration = setup.Configuration.ToMessage<PlatformConfiguration>();
        return Change(appInstanceId, generation, before =>
        {
            var serves = before is { Endpoint: not null, Phase: PlatformPhase.Active };
            return new()
            {
                AppInstanceId = appInstanceId,
                Generation = generation,
                Phase = serves ? PlatformPhase.Active : PlatformPhase.Configured,
                Endpoint = serves ? before!.Endpoint : null,
                Rules = RulesOf(configuration, serves ? RuleState.Active : RuleState.Inactive),
                ConfigurationDigest = setup.Digest,
            };
        });
    }

    public Task<PlatformApplication> SetRunning(string appInstanceId, long generation, RunningAt? at, CancellationToken cancel) =>
        Change(appInstanceId, generation, before => Known(before, appInstanceId) with
        {
            Generation = generation,
            Endpoint = at?.Endpoint,
            Phase = at is null ? PlatformPhase.Configured : PlatformPhase.Active,
            Rules = Turned(before!.Rules, at is null ? RuleState.Inactive : RuleState.Active),
        });

    public Task<PlatformApplication> Drain(string appInstanceId, long generation, DrainCause cause, TimeSpan grace, CancellationToken cancel) =>
        Change(appInstanceId, generation, before => Known(before, appInstanceId) with
        {
            Generation = generation, Phase = PlatformPhase.Drained, Rules = Turned(before!.Rules, RuleState.Inactive),
        });

    public Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel)
    {
        lock (gate)
        {
            Seal(appInstanceId, generation);
            if (held.Remove(appInstanceId))
            {
                Tell(new(appInstanceId, Held: false, null));
            }
        }

        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<PlatformTold> Watch([EnumeratorCancellation] CancellationToken cancel)
    {
        var news = Channel.CreateUnbounded<PlatformTold>();
        lock (gate)
        {
            foreach (var (id, application) in held)
            {
                news.Writer.TryWrite(new(id, Held: true, application));
            }

            news.Writer.TryWrite(PlatformTold.Synced);
            watchers.Add(news);
        }

        try
        {
            await foreach (var told in news.Reader.ReadAllAsync(cancel))
            {
                yield return told;
            }
        }
        finally
        {
            lock (gate)
            {
                watchers.Remove(news);
            }
        }
    }

    private Task<PlatformApplication> Change(string id, long generation, Func<PlatformApplication?, PlatformApplication> change)
    {
        lock (gate)
        {
            Seal(id, generation);
            var after = held[id] = change(held.GetValueOrDefault(id));
            Tell(new(id, Held: true, after));
            return Task.FromResult(after);
        }
    }

    private void Seal(string id, long generation)
    {
        if (fences.TryGetValue(id, out var last) && generation < last)
        {
            throw new Failure(
                Mesh.Failures.FailureKind.Conflict, "GENERATION_PASSED", $"Generation {generation} came after generation {last}, which is newer.", $"app-instance/{id}").ToException();
        }

        fences[id] = generation;
    }

    private void Tell(PlatformTold told) => watchers.ForEach(w => w.Writer.TryWrite(told));

    private static PlatformApplication Known(PlatformApplication? application, string id) => application
        ?? throw Failure.NotFound("APP_INSTANCE_UNKNOWN", $"The platform holds nothing of instance {id}; configure it first.", $"app-instance/{id}").ToException();

    private static RuleStates RulesOf(PlatformConfiguration configuration, RuleState state) => new(
        [.. configuration.TrafficRules.Select(r => new TrafficRuleStatus { Rule = r, State = state, Enforcement = TrafficRuleStatus.Types.Enforcement.Enforced }.ToBytes())],
        [.. configuration.DnsRules.Select(r => new DnsRuleStatus { Rule = r, State = state }.ToBytes())]);

    private static RuleStates Turned(RuleStates rules, RuleState state) => new(
        [.. rules.Traffic.Select(r => Turned(r.ToMessage<TrafficRuleStatus>(), state))], [.. rules.Dns.Select(r => Turned(r.ToMessage<DnsRuleStatus>(), state))]);

    private static WireMessage Turned(TrafficRuleStatus rule, RuleState state)
    {
        rule.State = state;
        return rule.ToBytes();
    }

    private static WireMessage Turned(DnsRuleStatus rule, RuleState state)
    {
        rule.State = state;
        return rule.ToBytes();
    }
}
