using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Reconciliation;

/// <summary>How intent and sites are compared.</summary>
public sealed record ReconciliationOptions
{
    /// <summary>How often every site is looked at, besides each time that it is listed anew.</summary>
    /// <value>The default is 30 seconds: one comparison is a walk over memory, and a difference is to be known within a minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan ResyncEvery { get; init; } = TimeSpan.FromSeconds(30);
}
