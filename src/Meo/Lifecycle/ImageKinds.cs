using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>What kind of thing an image is, from its descriptor and, where the package contains it, its artifact.</summary>
internal static class ImageKinds
{
    public const string Executable = "executable";
    public const string RootFs = "rootfs";
    public const string Container = "container";
    public const string Vm = "vm";

    /// <summary>An image that the package only names.</summary>
    public const string Reference = "reference";

    private const string OurProcess = "mano-process";

    /// <summary>What a VIM must be able to run. Pure.</summary>
    public static string Of(SwImageDescriptor image, Artifact? artifact)
    {
        if (IsProcess(image, artifact))
        {
            return artifact is not null && IsArchive(artifact) ? RootFs : Executable;
        }

        return image.ContainerFormat is "DOCKER" or "OCI" or "ACI" ? Container : Vm;
    }

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
    public static IEnumerable<string> NeededFor(AppDescriptor app, IReadOnlyList<Artifact> artifacts) => app.SwImageDescriptor.Count == 0
        ? [Reference]
        : app.SwImageDescriptor.Select(i => Of(i, ArtifactOf(i, artifacts))).Distinct();

    /// <summary>The artifact that realises an image, if the package contains it.</summary>
    public static Artifact? ArtifactOf(SwImageDescriptor image, IReadOnlyList<Artifact> artifacts) =>
        artifacts.FirstOrDefault(a => a.SwImageId == image.Id);

    // Said by the descriptor, or plain from the file: what the kernel can execute is no disk.
    private static bool IsProcess(SwImageDescriptor image, Artifact? artifact) =>
        image.SupportedVirtualisationEnvironment.Contains(OurProcess, StringComparer.OrdinalIgnoreCase)
        || (image.ContainerFormat == "BARE" && image.DiskFormat is null && artifact?.MediaType is "application/x-executable" or "application/x-sh");

    private static bool IsArchive(Artifact artifact) =>
        artifact.MediaType is "application/gzip" or "application/x-tar"
        || artifact.Path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
        || artifact.Path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
