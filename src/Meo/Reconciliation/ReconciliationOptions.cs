using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Reconciliation;

/// <summary>How intent and sites are compared, and what is done about differences.</summary>
public sealed record ReconciliationOptions
{
    /// <summary>How often every site is looked at, besides each time that it is listed anew.</summary>
    /// <value>The default is 30 seconds: one comparison is a walk over memory, and a difference is to be known within a minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan ResyncEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every so many times, each instance of a site is looked at, and not only those that one side has and the other has not.</summary>
    /// <value>The default is 20, ten minutes: 50,000 instances are then 80 reads a second.</value>
    [Range(1, 10_000)]
    public int ThoroughEvery { get; init; } = 20;

    /// <summary>What happens to an instance at a site that nobody wants there.</summary>
    /// <value>The default is to remove it: it takes users' traffic and resources that are promised to others.</value>
    public OrphanPolicy Orphans { get; init; } = OrphanPolicy.Remove;

    /// <summary>What happens to an instance that is INSTANTIATED and that its site does not have.</summary>
    /// <value>The default is to have it made again: what was promised is a running application.</value>
    public LostPolicy Lost { get; init; } = LostPolicy.Recreate;
}

/// <summary>What happens to an instance that nobody wants.</summary>
public enum OrphanPolicy
{
    /// <summary>The site owes its removal.</summary>
    Remove,

    /// <summary>It is reported and left.</summary>
    Report,
}

/// <summary>What happens to an instance that its site has lost.</summary>
public enum LostPolicy
{
    /// <summary>The site is told again what is desired.</summary>
    Recreate,

    /// <summary>It is reported; its conditions say LOST_AT_SITE.</summary>
    Report,
}
