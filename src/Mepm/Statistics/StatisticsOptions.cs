using System.ComponentModel.DataAnnotations;

namespace Mano.Mepm.Statistics;

/// <summary>How the VIMs are asked what the computes use.</summary>
public sealed record StatisticsOptions
{
    /// <summary>How often every compute is asked about.</summary>
    /// <value>The default is 15 s: as often as Prometheus usually asks us, and a container engine takes 10 ms a compute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);
}
