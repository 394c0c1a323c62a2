using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Lifecycle;

/// <summary>How long operations may take when the caller does not say.</summary>
public sealed record LifecycleOptions
{
    /// <summary>Instantiate: undone if not done by then.</summary>
    /// <value>The default is 10 minutes: a virtual machine's image of some GB over an edge uplink, and its boot.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan InstantiateTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Start and stop: undone if not done by then.</summary>
    /// <value>The default is 5 minutes: a boot without the image's transfer.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OperateTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Terminate, beyond the application's own graceful time: then a person is told.</summary>
    /// <value>The default is 10 minutes: a site that restarts is back long before.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TerminateTimeout { get; init; } = TimeSpan.FromMinutes(10);
}
