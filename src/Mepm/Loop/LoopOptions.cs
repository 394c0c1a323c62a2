using System.ComponentModel.DataAnnotations;

namespace Mano.Mepm.Loop;

/// <summary>How the loop over the instances runs.</summary>
public sealed record LoopOptions
{
    /// <summary>How often every instance is looked at without a signal.</summary>
    /// <value>The default is 30 s: what is lost without an event is noticed in half a minute, for two calls an instance.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan Resync { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is done about a compute that was deleted or stopped behind our back.</summary>
    public DriftPolicy Drift { get; init; } = DriftPolicy.Recreate;

    /// <summary>For how long a VIM has to say that a compute which was there is not, in two looks at least, before that is believed.</summary>
    /// <value>The default is 2 s: a VIM whose inventory is empty for a moment must not have everything made anew.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan LossConfirm { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Instances worked on at once.</summary>
    /// <value>The default is 64: one at work is waiting for VIM and platform nearly all of the time, and with 16 the 17th waited twice as long as
    /// its work took (bench/run instantiate).</value>
    [Range(1, 1024)]
    public int Parallelism { get; init; } = 64;

    /// <summary>The first pause after a failed attempt; it doubles up to <see cref="LongestBackoff"/>, give or take a quarter.</summary>
    /// <value>The default is 200 ms: a platform that restarts is back in about a second.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause.</summary>
    /// <value>The default is 15 s: half the resync.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>When a failure that needs somebody else (no capacity, a precondition) is tried again.</summary>
    /// <value>The default is 5 min: it serves only those who repair something by hand and tell nobody.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan StalledRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a VIM or a platform may take for one call.</summary>
    /// <value>The default is 30 s: longer than any adapter waits inside.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long stopping and terminating wait for a platform that is silent, before the compute goes without it.</summary>
    /// <value>The default is 2 min: several times a platform's restart.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PlatformPatience { get; init; } = TimeSpan.FromMinutes(2);
}
