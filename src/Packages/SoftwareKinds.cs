using Mano.Packages.AppD;

namespace Mano.Packages;

/// <summary>What a software image is to a VIM: a stable word.</summary>
public static class SoftwareKinds
{
    /// <summary>A program that is started as it is.</summary>
    public const string Executable = "executable";

    /// <summary>A tar archive of a root file system with a program in it.</summary>
    public const string RootFs = "rootfs";
    public const string Container = "container";
    public const string Vm = "vm";

    /// <summary>A packaged Helm chart: the VIM installs what it describes.</summary>
    public const string Chart = "chart";

    /// <summary>Where packages of EdgeGallery, and those that follow them, have their charts.</summary>
    private const string ChartFolder = "/Deployment/Charts/";

    private const string OurProcess = "mano-process";

    /// <param name="image">As the descriptor has it.</param>
    /// <param name="artifact">Its file, if the package contains it.</param>
    public static string Of(SwImageDescriptor image, Artifact? artifact)
    {
        if (IsProcess(image, artifact))
        {
            return artifact is not null && IsArchive(artifact) ? RootFs : Executable;
        }

        return image.ContainerFormat is "DOCKER" or "OCI" or "ACI" ? Container : Vm;
    }

    /// <summary>Whether a file of a package is a chart that an application may be deployed by.</summary>
    public static bool IsChart(Artifact artifact) =>
        ("/" + artifact.Path).Contains(ChartFolder, StringComparison.OrdinalIgnoreCase) && artifact.Path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The chart by which the application is deployed: the one in the package's folder of charts, unless an image of the
    /// descriptor is in the package itself. It names the images it needs, so those of the descriptor are for readers.
    /// </summary>
    public static Artifact? ChartOf(AppDescriptor app, IReadOnlyList<Artifact> artifacts) =>
        app.SwImageDescriptor.Any(i => artifacts.Any(a => a.SwImageId == i.Id)) ? null : artifacts.Where(IsChart).ToArray() is [var only] ? only : null;

    /// <summary>The same, or the chart that is the descriptor's first image; null: it is deployed by none.</summary>
    public static Artifact? DeployedChart(AppDescriptor app, IReadOnlyList<Artifact> artifacts) => ChartOf(app, artifacts)
        ?? (app.SwImageDescriptor is [var first, ..] ? artifacts.FirstOrDefault(a => a.SwImageId == first.Id && IsChart(a)) : null);

    // Said by the descriptor, or plain from the file: what the kernel can execute is no disk.
    private static bool IsProcess(SwImageDescriptor image, Artifact? artifact) =>
        image.SupportedVirtualisationEnvironment.Contains(OurProcess, StringComparer.OrdinalIgnoreCase)
        || (image.ContainerFormat == "BARE" && image.DiskFormat is null && artifact?.MediaType is "application/x-executable" or "application/x-sh");

    private static bool IsArchive(Artifact artifact) =>
        artifact.MediaType is "application/gzip" or "application/x-tar"
        || artifact.Path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
        || artifact.Path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
