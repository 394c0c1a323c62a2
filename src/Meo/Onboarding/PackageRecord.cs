using System.Text.Json.Serialization;
using Mano.Mesh.Failures;
using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Onboarding;

/// <summary>
/// A package resource (MEC 010-2 AppPkgInfo), under <c>package/{tenant}/{appPkgId}</c>. Small, because it changes; what
/// never changes is in <see cref="PackageContentRecord"/>.
/// </summary>
internal sealed record PackageRecord
{
    public required string Tenant { get; init; }
    public required string AppPkgId { get; init; }
    public required OnboardingState State { get; init; }

    /// <summary>operationalState ENABLED; means something once ONBOARDED.</summary>
    public bool Enabled { get; init; }

    /// <summary>From the descriptor, for lists; null before ONBOARDED.</summary>
    public string? AppDId { get; init; }

    /// <summary>The replica that takes, or took, its upload: with that one the upload ends.</summary>
    public string? Uploader { get; init; }

    /// <summary>What was said of the content beforehand; null if nothing was.</summary>
    public AnnouncedPackage? Announced { get; init; }

    /// <summary>Why the last upload was refused.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Everything that was accepted with a warning.</summary>
    public IReadOnlyList<Mesh.Failures.Fault> Warnings { get; init; } = [];
    public IReadOnlyDictionary<string, string> UserDefinedData { get; init; } = new Dictionary<string, string>();
    public required DateTimeOffset CreateTime { get; init; }
    public required DateTimeOffset UpdateTime { get; init; }

    [JsonIgnore]
    public string Subject => SubjectOf(AppPkgId);

    internal static string SubjectOf(string appPkgId) => $"app-package/{appPkgId}";
}

/// <summary>What an onboarded package contains, under <c>package-content/{tenant}/{appPkgId}</c>; never changes.</summary>
internal sealed record PackageContentRecord
{
    public required AppDescriptor Descriptor { get; init; }
    public required IReadOnlyList<Artifact> Artifacts { get; init; }

    /// <summary>SHA-256 of the upload itself, which is kept as well.</summary>
    public required string Sha256 { get; init; }
    public required long Size { get; init; }
    public required string FileName { get; init; }

    /// <summary>Path of the descriptor in the package; empty for a descriptor alone.</summary>
    public string DescriptorPath { get; init; } = "";

    /// <summary>What it lays over the values of its chart; empty in records of releases that read none.</summary>
    public string ChartValues { get; init => field = value ?? ""; } = "";

    /// <summary>Who signed it, as verified when it was onboarded.</summary>
    public IReadOnlyList<PackageSigner> Signers { get; init; } = [];

    /// <summary>Digests of everything this package keeps on disk.</summary>
    [JsonIgnore]
    public IEnumerable<string> Kept => Sizes.Select(s => s.Sha256);

    /// <summary>The same with bytes; a digest may come twice.</summary>
    [JsonIgnore]
    public IEnumerable<(string Sha256, long Bytes)> Sizes => Artifacts.Where(a => a.Size > 0).Select(a => (a.Sha256, a.Size)).Append((Sha256, Size));
}

/// <summary>Which package has a descriptor's id, under <c>package-appd/{tenant}/{appDId}</c>.</summary>
internal sealed record DescriptorOwner(string AppPkgId);

[JsonSerializable(typeof(PackageRecord))]
[JsonSerializable(typeof(PackageContentRecord))]
[JsonSerializable(typeof(DescriptorOwner))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class OnboardingJson : JsonSerializerContext;
