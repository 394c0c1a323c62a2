using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Platforms;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Tests.Fakes;

/// <summary>
/// A platform that keeps Mm5's rules in memory, writes down every change it was asked for, and fails when it is told to.
/// Readiness and the end of a graceful drain come when the test says so, unless it is <see cref="Eager"/>.
/// </summary>
internal sealed class FakePlatform(Journal journal) : IPlatform
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, PlatformApplication> held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> fences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> incarnations = new(StringComparer.Ordinal);
    private readonly List<Channel<string?>> watchers = [];
    private long entered;

    /// <summary>Applications are ready as soon as they run, and drained as soon as they are asked.</summary>
    public bool Eager { get; set; } = true;

    /// <summary>Not there: every call is UNAVAILABLE and every watch breaks.</summary>
    public bool Away { get; private set; }

    /// <summary>Thrown by the next change, in this order; null: none.</summary>
    public ConcurrentQueue<Failure?> NextChanges { get; } = new();

    /// <summary>Runs before and after each change, with its name; it may kill the caller.</summary>
    public Func<string, bool, Task> OnChange { get; set; } = (_, _) => Task.CompletedTask;

    public int Starts { get; private set; }

    /// <summary>How often it was asked for one instance.</summary>
    public int Gets { get; private set; }

    /// <summary>Whom the last event was about that a watcher is done with.</summary>
    public string? LastTold { get; private set; }

    public PlatformApplication? Held(string id)
    {
        lock (gate)
        {
            return held.GetValueOrDefault(id);
        }
    }

    public string? IncarnationOf(string id)
    {
        lock (gate)
        {
            return incarnations.GetValueOrDefault(id);
        }
    }

    public void GoAway()
    {
        lock (gate)
        {
            Away = true;
            watchers.ForEach(w => w.Writer.TryComplete(Failure.Unavailable("PLATFORM_UNREACHABLE", "no route").ToException()));
            watchers.Clear();
        }
    }

    public void ComeBack(bool empty = false)
    {
        lock (gate)
        {
            Away = false;
            if (empty)
            {
                held.Clear();
                fences.Clear();
                incarnations.Clear();
            }
        }
    }

    /// <summary>The application confirms what the platform waits for.</summary>
    public void Confirm(string id) => Change(id, app => app.Phase switch
    {
        PlatformPhase.AwaitingReady or PlatformPhase.Activating or PlatformPhase.Failed => app with { Phase = PlatformPhase.Active, Failure = null },
        PlatformPhase.Draining => app with { Phase = PlatformPhase.Drained },
        _ => app,
    });

    public void Fail(string id, Failure failure) => Change(id, app => app with { Phase = PlatformPhase.Failed, Failure = failure });

    public Task<PlatformFacts> GetFacts(CancellationToken cancel)
    {
        CheckThere();
        return Task.FromResult(new PlatformFacts("p", "http://127.0.0.1:7414", "127.0.0.1:7415", "127.0.0.1:7416", [], []));
    }

    public Task<PlatformApplication?> Get(string appInstanceId, CancellationToken cancel)
    {
        CheckThere();
        Gets++;
        return Task.FromResult(Held(appInstanceId));
    }

    public Task<IReadOnlyList<PlatformApplication>> List(CancellationToken cancel)
    {
        CheckThere();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<PlatformApplication>>([.. held.Values.OrderBy(a => a.AppInstanceId, StringComparer.Ordinal)]);
        }
    }

    public Task<PlatformApplication> EnsureApplication(string appInstanceId, long generation, PlatformSetup setup, CancellationToken cancel) =>
        Changing(appInstanceId, "Ensure", generation, app => (app is null || app.Phase == PlatformPhase.Drained
            ? new() { AppInstanceId = appInstanceId, Generation = generation, Phase = PlatformPhase.Configured, Rules = RulesOf(setup.Configuration, active: false) }
            : app with { Generation = generation }) with { ConfigurationDigest = setup.Digest });

    /// <summary>Somebody else configures it, or it loses what it held.</summary>
    public void Meddle(string id, Func<PlatformApplication?, PlatformApplication?> change, bool told = true)
    {
        lock (gate)
        {
            _ = change(held.GetValueOrDefault(id)) is { } next ? (held[id] = next) is not null : held.Remove(id);
        }

        if (told)
        {
            Tell(id);
        }
    }

    public Task<PlatformApplication> SetRunning(string appInstanceId, long generation, RunningAt? at, CancellationToken cancel) =>
        Changing(appInstanceId, at is null ? "NotRunning" : "Running", generation, app =>
        {
            var known = app ?? throw Failure.NotFound("UNKNOWN", "configure it first").ToException();
            if (at is null)
            {
                return known with { Endpoint = null, Phase = known.Phase is PlatformPhase.Draining or PlatformPhase.Drained ? PlatformPhase.Drained : PlatformPhase.Configured };
            }

            if (known.Phase is PlatformPhase.Draining or PlatformPhase.Drained && known.Generation == generation)
            {
                throw Failure.IllegalState("DRAINED", "it is out of service", appInstanceId, "DRAINED", "CONFIGURED").ToException();
            }

            var another = incarnations.GetValueOrDefault(appInstanceId) != at.Incarnation;
            incarnations[appInstanceId] = at.Incarnation;
            return known with { Endpoint = at.Endpoint, Phase = Eager ? PlatformPhase.Active : another ? PlatformPhase.AwaitingReady : known.Phase };
        });

    public Task<PlatformApplication> Drain(string appInstanceId, long generation, DrainCause cause, TimeSpan grace, CancellationToken cancel) =>
        Changing(appInstanceId, $"Drain{cause}", generation, app =>
        {
            var known = app ?? throw Failure.NotFound("UNKNOWN", "configure it first").ToException();
            var waits = grace > TimeSpan.Zero && !Eager && known.Endpoint is not null;
            return known with { Generation = generation, Phase = waits ? PlatformPhase.Draining : PlatformPhase.Drained };
        });

    public async Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel)
    {
        await Before("Remove", appInstanceId, generation);
        lock (gate)
        {
            held.Remove(appInstanceId);
            incarnations.Remove(appInstanceId);
        }

        await After("Remove", appInstanceId);
    }

    public async IAsyncEnumerable<PlatformTold> Watch([EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateUnbounded<string?>();
        lock (gate)
        {
            CheckThere();
            foreach (var id in held.Keys)
            {
                channel.Writer.TryWrite(id);
            }

            channel.Writer.TryWrite(null);
            watchers.Add(channel);
            Starts++;
        }

        await foreach (var id in channel.Reader.ReadAllAsync(cancel))
        {
            yield return id is null ? PlatformTold.Synced : new(id, Held(id) is not null, Held(id));
            LastTold = id;
        }
    }

    private static RuleStates RulesOf(Document configuration, bool active) =>
        configuration.Text.Contains("trafficRules", StringComparison.Ordinal) ? new([new Mano.Platform.V1.TrafficRuleStatus { State = active ? Common.V1.RuleState.Active : Common.V1.RuleState.Inactive }.ToBytes()], []) : RuleStates.None;

    private async Task<PlatformApplication> Changing(string id, string name, long generation, Func<PlatformApplication?, PlatformApplication> change)
    {
        await Before(name, id, generation);
        PlatformApplication after;
        lock (gate)
        {
            after = Entered(held.GetValueOrDefault(id), change(held.GetValueOrDefault(id)));
            held[id] = after;
        }

        await After(name, id);
        return after;
    }

    /// <summary>When it entered its phase, as a real platform says: by that, what is told late is known to be old.</summary>
    private PlatformApplication Entered(PlatformApplication? before, PlatformApplication after) =>
        after.Phase == before?.Phase ? after : after with { PhaseTime = DateTimeOffset.UnixEpoch.AddTicks(++entered) };

    private async Task Before(string name, string id, long generation)
    {
        CheckThere();
        await OnChange(name, false);
        lock (gate)
        {
            if (generation < fences.GetValueOrDefault(id))
            {
                throw new Failure(FailureKind.Conflict, "GENERATION_PASSED", $"generation {generation} is older than {fences[id]}").ToException();
            }

            fences[id] = generation;
        }

        // A lost reply is asked for by "after:" in its message.
        if (NextChanges.TryPeek(out var failure) && failure?.Message.StartsWith("after:", StringComparison.Ordinal) != true)
        {
            NextChanges.TryDequeue(out _);
            if (failure is not null)
            {
                throw failure.ToException();
            }
        }

        journal.Write($"{name} {id}");
    }

    private async Task After(string name, string id)
    {
        Tell(id);
        await OnChange(name, true);
        if (NextChanges.TryPeek(out var failure) && failure?.Message.StartsWith("after:", StringComparison.Ordinal) == true)
        {
            NextChanges.TryDequeue(out _);
            throw failure.ToException();
        }
    }

    private void Change(string id, Func<PlatformApplication, PlatformApplication> change)
    {
        lock (gate)
        {
            held[id] = Entered(held[id], change(held[id]));
        }

        Tell(id);
    }

    private void Tell(string id)
    {
        lock (gate)
        {
            watchers.ForEach(w => w.Writer.TryWrite(id));
        }
    }

    private void CheckThere()
    {
        if (Away)
        {
            throw Failure.Unavailable("PLATFORM_UNREACHABLE", "no route").ToException();
        }
    }
}

/// <summary>What was asked of VIM and platform, in one order.</summary>
internal sealed class Journal
{
    private readonly ConcurrentQueue<string> lines = new();

    public IReadOnlyList<string> Lines => [.. lines];

    public void Write(string line) => lines.Enqueue(line);

    public int Count(string start) => lines.Count(l => l.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Position of the last line that starts so; -1 if there is none.</summary>
    public int LastOf(string start) => Lines.ToList().FindLastIndex(l => l.StartsWith(start, StringComparison.Ordinal));
}
