using Mano.Mesh.Failures;

namespace Mano.Mepm.Loop;

/// <summary>What is done about a compute that was deleted or stopped behind our back.</summary>
public enum DriftPolicy
{
    /// <summary>It is made or started again.</summary>
    Recreate,

    /// <summary>The instance is reported failed.</summary>
    Report,
}

/// <summary>
/// What one instance went through behind our back, as far as this process knows. One look is not believed: a VIM whose
/// inventory is empty for a moment would have everything made anew. And what has to be put right again and again is put
/// right ever more slowly.
/// </summary>
internal sealed class Drift
{
    /// <summary>Repairs that come without a pause in <see cref="Window"/>; those after them wait.</summary>
    private const int Free = 3;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly Queue<DateTimeOffset> repairs = new();
    private DateTimeOffset? missedSince;
    private (DateTimeOffset Until, Failure Why)? damped;

    /// <summary>When a look or a repair makes sense again; null: nothing waits.</summary>
    public DateTimeOffset? Next { get; private set; }

    /// <summary>The compute was seen.</summary>
    public void Seen() => (missedSince, Next) = (null, null);

    /// <summary>A look found nothing where something was: why that is not believed yet; null when it is.</summary>
    public Failure? Doubt(DateTimeOffset now, TimeSpan confirm)
    {
        missedSince ??= now;
        var believed = missedSince.Value + confirm;
        Next = now < believed ? believed : null;
        return now < believed
            ? Failure.Unavailable("COMPUTE_MISSED", $"The VIM did not show the compute at {missedSince:O}; that is believed when it does not show it again at {believed:O}.")
            : null;
    }

    /// <summary>Something was put right at <paramref name="now"/>.</summary>
    public void Repaired(DateTimeOffset now)
    {
        repairs.Enqueue(now);
        while (repairs.Peek() < now - Window)
        {
            repairs.Dequeue();
        }

        if (repairs.Count < Free)
        {
            return;
        }

        var pause = TimeSpan.FromTicks((long)Math.Min(FirstPause.Ticks * Math.Pow(2, repairs.Count - Free), LongestPause.Ticks));
        damped = (now + pause, Failure.Unavailable("FLAPPING",
            $"It was put right {repairs.Count} times within {Window.TotalMinutes:0} minutes; the next time comes not before {now + pause:O}."));
    }

    /// <summary>Why no repair is made at the moment; null if one may be.</summary>
    public Failure? Damped(DateTimeOffset now) => damped is { } d && now < d.Until ? d.Why : null;

    /// <summary>When repairs are possible again; null: they are.</summary>
    public DateTimeOffset? DampedUntil(DateTimeOffset now) => damped is { } d && now < d.Until ? d.Until : null;

    /// <summary>Another intent: its own changes are no repairs.</summary>
    public void Forget()
    {
        repairs.Clear();
        (missedSince, damped, Next) = (null, null, null);
    }
}
