using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Replicas;

/// <summary>
/// The replicas of this store. One lives as long as its record changes within a lease, measured on this process's own clock since
/// the change was seen: replicas need not agree on the time. A record that was there before this process looked counts as seen then.
/// </summary>
internal sealed class ReplicaDirectory : IStateMirror
{
    private readonly ReplicaOptions options;
    private readonly TimeProvider clock;
    private readonly StateFollower follower;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Seen> known = new(StringComparer.Ordinal);
    private HashSet<string> alive = new(StringComparer.Ordinal);
    private TaskCompletionSource changed = NewSignal();

    public ReplicaDirectory(IStateStore store, ReplicaOptions options, TimeProvider clock, ILogger<ReplicaDirectory> logger)
    {
        (this.options, this.clock) = (options, clock);
        follower = new(store, ReplicaRecord.Prefix, this, clock) { Trouble = trouble => Tell(logger, trouble) };
    }

    public IReadOnlyCollection<string> Keys
    {
        get
        {
            lock (gate)
            {
                return [.. known.Keys];
            }
        }
    }

    /// <summary>This replica's name.</summary>
    public string Self => options.Name;

    public TimeSpan LeaseTime => options.LeaseTime;

    /// <summary>All of them by name, also those that have fallen silent.</summary>
    public IReadOnlyList<ReplicaStatus> All
    {
        get
        {
            lock (gate)
            {
                return [.. known.Values.Select(Status).OrderBy(r => r.Record.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Who says that it owns the ledger of capacity: of several the newest. It may have died since.</summary>
    public ReplicaRecord? CapacityOwner
    {
        get
        {
            lock (gate)
            {
                return known.Values.Select(s => s.Record).Where(r => r.CapacityEpoch > 0).MaxBy(r => r.CapacityEpoch);
            }
        }
    }

    /// <summary>How many live; this one does.</summary>
    public int CountAlive()
    {
        lock (gate)
        {
            return known.Values.Count(s => s.Record.Name != options.Name && IsAlive(s)) + 1;
        }
    }

    /// <summary>Lists all of them, and looks who has fallen silent or come back since it was last asked.</summary>
    public async Task Look(CancellationToken cancel)
    {
        await follower.List(cancel);
        lock (gate)
        {
            Tell(false);
        }
    }

    /// <summary>Follows what they say until cancelled.</summary>
    public async Task Follow(CancellationToken cancel)
    {
        await follower.Start(cancel);
        await follower.Follow(cancel);
    }

    /// <summary>Completes at the next change that somebody may act on: who lives, and who holds what.</summary>
    public Task Changed(CancellationToken cancel)
    {
        lock (gate)
        {
            return changed.Task.WaitAsync(cancel);
        }
    }

    public ValueTask Put(Entry entry)
    {
        var record = entry.As(ReplicaJson.Default.ReplicaRecord).Value;
        lock (gate)
        {
            var before = known.GetValueOrDefault(entry.Key);
            if (entry.Version <= (before?.Version ?? 0))
            {
                return ValueTask.CompletedTask;
            }

            known[entry.Key] = new(record, entry.Version, clock.GetTimestamp());
            Tell(record.DiffersFrom(before?.Record));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(string key, long version)
    {
        lock (gate)
        {
            if (known.TryGetValue(key, out var before) && version > before.Version)
            {
                known.Remove(key);
                Tell(true);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Tell(ILogger logger, Failure? trouble)
    {
        if (trouble is not null)
        {
            logger.Blind(trouble);
        }
    }

    private bool IsAlive(Seen seen) => clock.GetElapsedTime(seen.At) < options.LeaseTime;

    private ReplicaStatus Status(Seen seen) =>
        new(seen.Record, seen.Record.Name == options.Name || IsAlive(seen), clock.GetElapsedTime(seen.At));

    private void Tell(bool differs)
    {
        var now = known.Values.Where(IsAlive).Select(s => s.Record.Name).ToHashSet(StringComparer.Ordinal);
        if (differs || !now.SetEquals(alive))
        {
            alive = now;
            var signal = changed;
            changed = NewSignal();
            signal.TrySetResult();
        }
    }

    /// <param name="At">Timestamp of the clock when this version was seen first.</param>
    private sealed record Seen(ReplicaRecord Record, long Version, long At);
}
