using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Inventory;

/// <summary>When a site counts as silent.</summary>
public sealed record InventoryOptions
{
    /// <summary>How often a MEPM shall call Heartbeat; told to it in every answer.</summary>
    /// <value>The default is 2 seconds: 5,000 sites are 2,500 small calls a second, which one core carries.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Silent for longer: SUSPECT, no new instances.</summary>
    /// <value>The default is 5 seconds: two heartbeats missing, and half an interval for the way.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silent for longer: LOST, what it reported is not believed any more.</summary>
    /// <value>The default is 15 seconds: a MEPM that restarts is back before that.</value>
    [Range(typeof(TimeSpan), "00:00:00.200", "1.00:00:00")]
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(15);
}
