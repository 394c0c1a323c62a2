using Mano.Packages.AppD;

namespace Mano.Packages;

/// <summary>What a VIM must be able to run for a software image; the words are those of the site and placement APIs.</summary>
public static class SwImageKind
{
    public const string Executable = "executable";
    public const string RootFs = "rootfs";
    public const string Container = "container";
    public const string Vm = "vm";

    /// <summary>The package only names the image; the VIM must have it, or fetch it.</summary>
    public const string Reference = "reference";

    /// <summary>supportedVirtualisationEnvironment of an image that is run as a process (docs/adr/0005).</summary>
    public const string ProcessEnvironment = "mano-process";

    /// <param name="image">An image of the descriptor.</param>
    /// <param name="artifacts">The package's files.</param>
    public static string Of(SwImageDescriptor image, IEnumerable<Artifact> artifacts)
    {
        if (artifacts.FirstOrDefault(a => a.SwImageId == image.Id) is not { } file)
        {
            return Reference;
        }

        var isArchive = file.MediaType is "application/gzip" or "application/x-tar";
        if (image.SupportedVirtualisationEnvironment.Contains(ProcessEnvironment, StringComparer.OrdinalIgnoreCase))
        {
            return isArchive ? RootFs : Executable;
        }

        return image.ContainerFormat is "DOCKER" or "OCI" or "ACI" ? Container
            : image.DiskFormat is not null || file.MediaType == "application/x-qemu-disk" ? Vm
            : isArchive ? RootFs
            : file.MediaType is "application/x-executable" or "application/x-sh" ? Executable
            : Vm;
    }
}
