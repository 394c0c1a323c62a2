using System.ComponentModel.DataAnnotations;
using Mano.Packages;

namespace Mano.Meo.Onboarding;

/// <summary>The catalogue of application packages.</summary>
public sealed record OnboardingOptions
{
    /// <summary>Folder of package contents; made if missing. Nothing but the replicas of one MEO may write into it.</summary>
    [Required]
    public required string Folder { get; init; }

    /// <summary>Who uploads here, and whose scratch files are whose.</summary>
    /// <value>The default is <c>meo</c>: a single MEO.</value>
    public string Replica { get; init; } = "meo";

    /// <summary>Whether other replicas have the same packages, in the same folder or in folders of their own.</summary>
    public bool IsShared { get; init; }

    /// <summary>Where other replicas may have the folder: how long what no package names is kept, then put aside, before it is removed.</summary>
    /// <value>The default is one hour: many times what the longest upload takes between finding a file there and naming it.</value>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan UnusedFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where other replicas may have the folder: how often it is looked through.</summary>
    /// <value>The default is ten minutes: it costs a listing of the folder, and what is unused does no harm but for its room.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMinutes(10);

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
