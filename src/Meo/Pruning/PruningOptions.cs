using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Pruning;

/// <summary>How long what has ended is kept.</summary>
public sealed record PruningOptions
{
    /// <summary>Operations are kept for this long after they have ended.</summary>
    /// <value>The default is 7 days: a week-end and the question about it on Monday.</value>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepOperations { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Ended operations of one instance beyond this many go earlier, once no idempotency key can lead to them any more.</summary>
    /// <value>The default is 100: more than a person reads, and 200 KB.</value>
    [Range(1, 100_000)]
    public int MostOfOneInstance { get; init; } = 100;

    /// <summary>Findings are kept for this long after they were put right.</summary>
    /// <value>The default is 7 days, as for operations.</value>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan KeepFindings { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often a little of it is looked at.</summary>
    /// <value>The default is one minute: a page or two each time, and nothing is due to the second.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(1);
}
