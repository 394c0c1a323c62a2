using System.ComponentModel.DataAnnotations;
using Mano.Packages;

namespace Mano.Meo.Onboarding;

/// <summary>The catalogue of application packages.</summary>
public sealed record OnboardingOptions
{
    /// <summary>Folder of package contents; made if missing. Nothing else may write into it.</summary>
    [Required]
    public required string Folder { get; init; }

    /// <summary>What a wrong digest means (<c>--integrity</c>).</summary>
    /// <value>The default is to refuse: a package that is not what its provider made is not run.</value>
    public IntegrityPolicy Integrity { get; init; } = IntegrityPolicy.Enforce;

    /// <summary>Bounds on untrusted packages; <see cref="PackageLimits.MaxPackageBytes"/> bounds the upload itself.</summary>
    public PackageLimits Limits { get; init; } = new();

    /// <summary>How long an upload may say nothing before it is given up.</summary>
    /// <value>The default is one minute: a chunk of 1 MiB passes in that time at 140 kbit/s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Packages checked at the same time; others wait in PROCESSING.</summary>
    /// <value>The default is 2: checking is bound by CPU and disk, and lifecycle operations need theirs.</value>
    [Range(1, 64)]
    public int ParallelProcessing { get; init; } = 2;
}
