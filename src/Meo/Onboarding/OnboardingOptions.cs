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

    /// <summary>What signatures mean (<c>--package-signatures</c>).</summary>
    /// <value>The default is to verify those that are there: MEC 037 asks for digests, not for signatures.</value>
    public SignaturePolicy Signatures { get; init; } = SignaturePolicy.Warn;

    /// <summary>Certificates whose signatures count (<c>--package-trust</c>); read for every package, so that a change needs no restart.</summary>
    /// <value>The default is none: nobody is trusted.</value>
    public string? TrustFolder { get; init; }

    /// <summary>Bounds on untrusted packages; <see cref="PackageLimits.MaxPackageBytes"/> bounds the upload itself.</summary>
    public PackageLimits Limits { get; init; } = new();

    /// <summary>How much a tenant's packages may be.</summary>
    public PackageQuotas Quotas { get; init; } = new();

    /// <summary>How long what arrived of an upload that broke off is kept to be resumed.</summary>
    /// <value>The default is one hour: a network is mended or a laptop carried to another one by then.</value>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan KeepBrokenOff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long an upload may say nothing before it is given up.</summary>
    /// <value>The default is one minute: a chunk of 1 MiB passes in that time at 140 kbit/s.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan UploadIdle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Packages checked at the same time; others wait in PROCESSING.</summary>
    /// <value>The default is 2: checking is bound by CPU and disk, and lifecycle operations need theirs.</value>
    [Range(1, 64)]
    public int ParallelProcessing { get; init; } = 2;

    /// <summary>How the next package is read.</summary>
    /// <exception cref="InvalidDataException">The trust store cannot be read; the message says why.</exception>
    internal PackageReadOptions ToRead() => new()
    {
        Integrity = Integrity, Signatures = Signatures, Limits = Limits, Trust = TrustFolder is null ? PackageTrust.Nobody : PackageTrust.FromFolder(TrustFolder),
    };
}
