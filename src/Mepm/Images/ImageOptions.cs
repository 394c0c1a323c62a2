using System.ComponentModel.DataAnnotations;

namespace Mano.Mepm.Images;

/// <summary>How images are fetched and kept.</summary>
public sealed record ImageOptions
{
    /// <summary>The largest artifact that is fetched, bytes.</summary>
    /// <value>The default is 8 GiB: a generous VM disk.</value>
    [Range(1L, 1L << 50)]
    public long MaxArtifactBytes { get; init; } = 8L << 30;

    /// <summary>What the cache holds at most, bytes; what was not used for longest leaves first.</summary>
    /// <value>The default is 32 GiB: four of the largest.</value>
    [Range(1L, 1L << 50)]
    public long MaxCacheBytes { get; init; } = 32L << 30;

    /// <summary>A transfer that brings nothing for so long is broken off and resumed.</summary>
    /// <value>The default is 20 s: longer than a MEO's restart.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(20);
}
