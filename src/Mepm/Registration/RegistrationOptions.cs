using System.ComponentModel.DataAnnotations;

namespace Mano.Mepm.Registration;

/// <summary>How the site keeps in touch with the MEO.</summary>
public sealed record RegistrationOptions
{
    /// <summary>The first pause after a failed call; it doubles.</summary>
    /// <value>The default is 250 ms: in an all-in-one the MEO is up a moment later.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:10:00")]
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause.</summary>
    /// <value>The default is 5 s: a MEO that comes back sees its sites within that.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the MEO may take for one call.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether a clean stop takes the site out of the MEO's inventory.</summary>
    /// <value>The default is false: a restart, also one for an upgrade, is not a leave.</value>
    public bool LeaveOnStop { get; init; }
}
