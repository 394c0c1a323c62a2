using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Northbound;

/// <summary>How long an idempotency key is remembered.</summary>
public sealed record IdempotencyOptions
{
    /// <summary>After this the key may be used for another request.</summary>
    /// <value>The default is 24 hours: a caller that retries after a night's outage still gets its first answer.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromHours(24);
}
