using Mano.Mepm.Instances.Planning;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Loop;

/// <summary>Whom an attempt is made at.</summary>
internal enum Target
{
    /// <summary>A look at the VIM's compute.</summary>
    VimLook,

    /// <summary>A change at the VIM.</summary>
    Vim,

    /// <summary>A look at the platform's record.</summary>
    PlatformLook,

    /// <summary>A change at the platform.</summary>
    Platform,

    /// <summary>Fetching an image and putting it into the VIM.</summary>
    Images,

    /// <summary>Asking the MEO.</summary>
    Granting,

    /// <summary>Writing our own record.</summary>
    Store,
}

/// <summary>
/// What this process remembers of its work on one instance. Losing it costs a repeated call and nothing else. Touched
/// by one run at a time.
/// </summary>
internal sealed class InstanceMemory(string appInstanceId)
{
    private readonly Random jitter = new(Seed(appInstanceId));
    private readonly Dictionary<Target, Pause> pauses = [];
    private int numbersPassed;

    /// <summary>What happened to it behind our back.</summary>
    public Drift Drift { get; } = new();

    public long Generation { get; private set; }

    public RunningAt? Told { get; set; }

    /// <summary>The life of the platform link in which <see cref="Told"/> was said.</summary>
    public long ToldIn { get; set; }

    public bool ComputeSealed { get; set; }

    public bool PlatformSealed { get; set; }

    public bool HealGranted { get; set; }

    /// <summary>The image was being fetched when this run asked; another run asks anew.</summary>
    public bool ImagePending { get; set; }

    /// <summary>Whether another number may be tried at the VIM after one was refused: a few times in a generation.</summary>
    public bool MayPassNumber() => numbersPassed++ < 3;

    public Failure? Blocked { get; private set; }

    public DateTimeOffset? BlockedUntil { get; private set; }

    /// <summary>Another generation is another intent: what was done for the last one does not count.</summary>
    public void Enter(long generation)
    {
        if (generation == Generation)
        {
            return;
        }

        Generation = generation;
        (ComputeSealed, PlatformSealed, HealGranted) = (false, false, false);
        (Blocked, BlockedUntil) = (null, null);
        numbersPassed = 0;
        pauses.Clear();
        Drift.Forget();
    }

    /// <summary>Nothing more is tried before that time; null: not before the next generation.</summary>
    public void Block(Failure failure, DateTimeOffset? until) => (Blocked, BlockedUntil) = (failure, until);

    public void Unblock() => (Blocked, BlockedUntil) = (null, null);

    /// <summary>Why the target is left alone now; null if it is not.</summary>
    public Failure? PausedBy(Target target, long life, DateTimeOffset now) =>
        target is Target.Vim or Target.Granting && Drift.Damped(now) is { } damped ? damped
        : pauses.TryGetValue(target, out var pause) && pause.Life == life && now < pause.Until ? pause.Cause
        : null;

    /// <summary>Says how often it failed in a row.</summary>
    public int Failed(Target target, long life, Failure cause, DateTimeOffset now, LoopOptions options)
    {
        var tries = pauses.TryGetValue(target, out var before) && before.Life == life ? before.Tries + 1 : 1;
        var pause = Math.Min(options.FirstBackoff.Ticks * Math.Pow(2, Math.Min(tries - 1, 30)), options.LongestBackoff.Ticks);
        pauses[target] = new(tries, life, now + TimeSpan.FromTicks((long)(pause * (0.75 + (jitter.NextDouble() / 2)))), cause);
        return tries;
    }

    /// <summary>After a look: failed for that reason, or not.</summary>
    public void Note(Target target, long life, Failure? cause, DateTimeOffset now, LoopOptions options)
    {
        if (cause is null)
        {
            pauses.Remove(target);
        }
        else if (PausedBy(target, life, now) is null)
        {
            Failed(target, life, cause, now, options);
        }
    }

    public void Succeeded(Target target) => pauses.Remove(target);

    /// <summary>When the next pause ends; null when there is none. A pause that is over and was not used has lost its meaning.</summary>
    public DateTimeOffset? NextTry(DateTimeOffset now)
    {
        var ahead = pauses.Values.Where(p => p.Until > now).Select(p => (DateTimeOffset?)p.Until);
        return ahead.Append(BlockedUntil).Append(Drift.Next).Append(Drift.DampedUntil(now)).Min();
    }

    /// <summary>The same for the same instance in every run, so that a pause can be explained.</summary>
    private static int Seed(string id) => id.Aggregate(17, (sum, c) => unchecked((sum * 31) + c));

    /// <param name="Tries">Failures in a row.</param>
    /// <param name="Life">The life of the link in which they happened: one that came up again is tried at once.</param>
    /// <param name="Until">When to try again.</param>
    /// <param name="Cause">The last failure.</param>
    private sealed record Pause(int Tries, long Life, DateTimeOffset Until, Failure Cause);
}
