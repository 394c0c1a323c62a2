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

    // Said by the descriptor, or plain from the file: what the kernel can execute is no disk.
    private static bool IsProcess(SwImageDescriptor image, Artifact? artifact) =>
        image.SupportedVirtualisationEnvironment.Contains(OurProcess, StringComparer.OrdinalIgnoreCase)
        || (image.ContainerFormat == "BARE" && image.DiskFormat is null && artifact?.MediaType is "application/x-executable" or "application/x-sh");

    private static bool IsArchive(Artifact artifact) =>
        artifact.MediaType is "application/gzip" or "application/x-tar"
        || artifact.Path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
        || artifact.Path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
