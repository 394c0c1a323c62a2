using System.Text.Json.Serialization;
using Mano.Meo.Onboarding;
using Mano.Mesh.Rest;
using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// MEC 010-2 AppPkgInfo (clause 6.2.3.3). The standard requires what only the content can say; before there is one, names and versions
/// are those that the client announced, and what nobody knows is the empty text: lists that must not be empty have one entry that says nothing.
/// </summary>
internal sealed record AppPkgInfo
{
    public required string Id { get; init; }

    public required string AppDId { get; init; }

    public string? AppProvider { get; init; }

    public required string AppName { get; init; }

    public required string AppSoftwareVersion { get; init; }

    public required string AppDVersion { get; init; }

    /// <summary>Of the package as a whole.</summary>
    public required PackageChecksum Checksum { get; init; }

    public required IReadOnlyList<SoftwareImageInfo> SoftwareImages { get; init; }

    public IReadOnlyList<ArtifactInfo>? AdditionalArtifacts { get; init; }

    /// <summary>CREATED, UPLOADING, PROCESSING or ONBOARDED.</summary>
    public required string OnboardingState { get; init; }

    /// <summary>ENABLED or DISABLED.</summary>
    public required string OperationalState { get; init; }

    /// <summary>IN_USE or NOT_IN_USE.</summary>
    public required string UsageState { get; init; }

    /// <summary>Versions of MEC that the application works with.</summary>
    public required IReadOnlyList<string> MecInfo { get; init; }

    public IReadOnlyDictionary<string, string>? UserDefinedData { get; init; }

    /// <summary>Why the last upload was refused, with every fault.</summary>
    public ProblemDetails? OnboardingFailureDetails { get; init; }

    [JsonPropertyName("_links")]
    public required AppPkgLinks Links { get; init; }

    /// <param name="view">The package.</param>
    /// <param name="url">Its own URL.</param>
    public static AppPkgInfo Of(PackageView view, string url)
    {
        var (record, app) = (view.Record, view.Content?.Descriptor);
        var announced = record.Announced;
        return new()
        {
            Id = record.AppPkgId,
            AppDId = app?.AppDId ?? "",
            AppProvider = app?.AppProvider ?? announced?.Provider,
            AppName = app?.AppName ?? announced?.Name ?? "",
            AppSoftwareVersion = app?.AppSoftVersion ?? announced?.Version ?? "",
            AppDVersion = app?.AppDVersion ?? "",
            Checksum = view.Content is { } content ? new(PackageChecksum.Sha256, content.Sha256) : announced?.Checksum ?? new(PackageChecksum.Sha256, ""),
            SoftwareImages = app is null ? [SoftwareImageInfo.Unknown(announced)] : [.. app.SwImageDescriptor.Select(i => SoftwareImageInfo.Of(i, view.Content!.Artifacts))],
            AdditionalArtifacts = view.Content is null ? null : [.. view.Content.Artifacts.Where(a => a.SwImageId is null && a.Size > 0).Select(ArtifactInfo.Of)],
            OnboardingState = OnboardingStates.Name(record.State),
            OperationalState = record.Enabled ? "ENABLED" : "DISABLED",
            UsageState = view.InUse ? "IN_USE" : "NOT_IN_USE",
            MecInfo = app is null or { MecVersion.Count: 0 } ? [""] : [.. app.MecVersion],
            UserDefinedData = record.UserDefinedData.Count == 0 ? null : record.UserDefinedData,
            OnboardingFailureDetails = record.Failure is { } failure ? ProblemDetails.Of(failure) : null,
            Links = new(Link.To(url), Link.To(url + "/appd"), Link.To(url + "/package_content")),
        };
    }
}

/// <summary>Its links.</summary>
internal sealed record AppPkgLinks(Link Self, Link AppD, Link AppPkgContent);

/// <summary>One software image; the standard leaves its form open, this is the one of NFV SOL005.</summary>
internal sealed record SoftwareImageInfo(
    string Id, string Name, string Version, string ContainerFormat, string? DiskFormat, PackageChecksum? Checksum, long? Size, string? ImagePath)
{
    /// <summary>The one that there must be before it is known what there is.</summary>
    public static SoftwareImageInfo Unknown(AnnouncedPackage? announced) => new("", announced?.Name ?? "", announced?.Version ?? "", "", null, null, null, null);

    public static SoftwareImageInfo Of(SwImageDescriptor image, IReadOnlyList<Artifact> artifacts)
    {
        var file = artifacts.FirstOrDefault(a => a.SwImageId == image.Id);
        return new(
            image.Id, image.Name, image.Version, image.ContainerFormat, image.DiskFormat,
            file is { Size: > 0 } ? new(PackageChecksum.Sha256, file.Sha256) : image.Checksum is { } said ? new(said.Algorithm, said.Hash) : null,
            file?.Size ?? image.Size,
            file?.Path);
    }
}

/// <summary>One file that is no software image; in the form of NFV SOL005.</summary>
internal sealed record ArtifactInfo(string ArtifactPath, PackageChecksum Checksum)
{
    public static ArtifactInfo Of(Artifact artifact) => new(artifact.Path, new(PackageChecksum.Sha256, artifact.Sha256));
}
