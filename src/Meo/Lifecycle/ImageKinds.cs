using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>What kind of thing an image is, from its descriptor and, where the package contains it, its artifact.</summary>
internal static class ImageKinds
{
    /// <summary>An image that the package only names.</summary>
    public const string Reference = "reference";

    /// <summary>A container image that the package only names: a VIM that knows images by name may know those of VMs alone.</summary>
    public const string NamedContainer = "named-container";

    /// <summary>Storage beside the compute's own disk; among the kinds because a VIM either has it or not, as with them.</summary>
    public const string Volume = "volume";

    /// <summary>What a VIM must be able to run. Pure.</summary>
    public static string Of(SwImageDescriptor image, Artifact? artifact) => artifact is not null && SoftwareKinds.IsChart(artifact) ? SoftwareKinds.Chart : SoftwareKinds.Of(image, artifact);

    /// <summary>
    /// The descriptor's images. One that describes none (the standard asks for one; packages that leave their image to the
    /// VIM do not have it) means the image that the VIM knows by the application's own name and version.
    /// </summary>
    public static IReadOnlyList<SwImageDescriptor> ImagesOf(AppDescriptor app) => app.SwImageDescriptor.Count > 0
        ? app.SwImageDescriptor
        :
        [
            new()
            {
                Id = app.AppDId, Name = app.AppName, Version = app.AppSoftVersion, ContainerFormat = "", SwImage = $"{app.AppName}:{app.AppSoftVersion}",
            },
        ];

    /// <summary>What the application needs a VIM to be able to run; one that is only named must be known there.</summary>
    public static IEnumerable<string> NeededFor(AppDescriptor app, IReadOnlyList<Artifact> artifacts) =>
        SoftwareKinds.ChartOf(app, artifacts) is not null ? [SoftwareKinds.Chart]
        : app.SwImageDescriptor.Count == 0 ? [Reference]
        : app.SwImageDescriptor.SelectMany(i => ArtifactOf(i, artifacts) is { } artifact ? [Of(i, artifact)] : Named(Of(i, null))).Distinct();

    private static string[] Named(string kind) => kind == SoftwareKinds.Container ? [NamedContainer] : [kind, Reference];

    /// <summary>What else a VIM must be able to do for the application: make the disks and file systems that it wants beside its own.</summary>
    public static IEnumerable<string> BesideImages(AppDescriptor app) => VolumesOf(app).Any() ? [Volume] : [];

    /// <summary>
    /// Disks and file systems beside the compute's own. One with an image on it is the compute's own; an object store is nothing
    /// that a path leads to.
    /// </summary>
    public static IEnumerable<VirtualStorageDescriptor> VolumesOf(AppDescriptor app) => app.VirtualStorageDescriptor
        .Where(s => s.TypeOfStorage is StorageType.Block or StorageType.File && s.BlockStorageData?.SwImageDesc is null);

    /// <summary>The artifact that realises an image, if the package contains it.</summary>
    public static Artifact? ArtifactOf(SwImageDescriptor image, IReadOnlyList<Artifact> artifacts) =>
        artifacts.FirstOrDefault(a => a.SwImageId == image.Id);
}
