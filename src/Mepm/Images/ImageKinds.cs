using Mano.Mepm.Instances;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Images;

/// <summary>From the kinds of images that packages have to the formats that VIMs take.</summary>
internal static class ImageKinds
{
    /// <summary>The image that is started: the first one.</summary>
    public static Outcome<ImageReference> Reference(IReadOnlyList<RequiredImage> images)
    {
        if (images.Count == 0)
        {
            return Failure.InvalidInput("IMAGE_MISSING", "The application names no image, and there is nothing to run without one.");
        }

        var image = images[0];
        if (image.Sha256.Length == 0)
        {
            var name = image.Reference.Length > 0 ? image.Reference : image.Name;
            return name.Length > 0
                ? ImageSource.FromName(name).Image
                : Failure.InvalidInput("IMAGE_MISSING", $"Image {image.Id} has neither an artifact in its package nor a name that a VIM could know.", image.Id);
        }

        if (image is { Kind: "vm", DiskFormat: not ("" or "QCOW2" or "RAW") })
        {
            return Failure.InvalidInput("IMAGE_FORMAT_UNKNOWN",
                $"Image {image.Id} has disk format '{image.DiskFormat}'; VIMs here take QCOW2 and RAW. Convert it (qemu-img convert) and say so in diskFormat.", image.Id);
        }

        return FormatOf(image) is { } format
            ? new ImageReference("sha256:" + image.Sha256, format, image.Name)
            : Failure.InvalidInput("IMAGE_KIND_UNKNOWN",
                $"Image {image.Id} is of kind '{image.Kind}'; executable, rootfs, container, vm, chart and reference are known.", image.Id);
    }

    private static ImageFormat? FormatOf(RequiredImage image) => image.Kind switch
    {
        "executable" => ImageFormat.Executable,
        "rootfs" => ImageFormat.RootFsArchive,
        "container" => ImageFormat.ContainerArchive,
        "chart" => ImageFormat.HelmChart,
        "vm" => IsRaw(image) ? ImageFormat.Raw : ImageFormat.Qcow2,
        _ => null,
    };

    // What the descriptor says; where it is silent, the name.
    private static bool IsRaw(RequiredImage image) =>
        image.DiskFormat.Length > 0 ? image.DiskFormat == "RAW" : image.Name.EndsWith(".raw", StringComparison.OrdinalIgnoreCase);
}
