namespace Mano.Packages;

/// <summary>How a package is built.</summary>
public sealed record PackageBuildOptions
{
    /// <summary>For the manifest's vnf_release_date_time where the folder's own manifest does not say it.</summary>
    public DateTimeOffset? ReleaseTime { get; init; }
    public PackageLimits Limits { get; init; } = new();
}
