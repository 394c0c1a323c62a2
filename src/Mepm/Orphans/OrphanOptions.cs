using System.ComponentModel.DataAnnotations;

namespace Mano.Mepm.Orphans;

/// <summary>What is done about computes and platform records that no instance wants.</summary>
public enum OrphanPolicy
{
    /// <summary>They are removed, once the MEO has said that they are not meant to be here.</summary>
    Remove,

    /// <summary>They are reported and left alone.</summary>
    Report,
}

/// <summary>How what is found below the MEPM is compared with what is desired.</summary>
public sealed record OrphanOptions
{
    /// <summary>What is done about what nobody wants.</summary>
    /// <value>The default is to remove it: what it occupies was counted as free.</value>
    public OrphanPolicy Policy { get; init; } = OrphanPolicy.Remove;

    /// <summary>For how long something has to be seen unwanted, in two looks at least, before anything is done.</summary>
    /// <value>The default is 5 s: longer than any message of ours is on its way.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an image that no instance needs stays in a VIM.</summary>
    /// <value>The default is 1 day: an application that is moved back finds its image there.</value>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan ImageKept { get; init; } = TimeSpan.FromDays(1);
}
