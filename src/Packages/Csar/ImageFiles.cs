using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Csar;

/// <summary>Which file of the package realises which software image, and whether it is the file the image describes.</summary>
internal sealed class ImageFiles(SafeArchive archive, string top, string descriptorPath, ReadingContext context, IntegrityCheck integrity)
{
    /// <returns>Ids of images by the path of their file.</returns>
    internal Dictionary<string, string> Match(AppDescriptor app, IReadOnlyDictionary<string, string> sha256, IReadOnlyList<Artifact> artifacts, CancellationToken cancel)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var image in app.SwImageDescriptor.Where(i => i.SwImage.Length > 0))
        {
            if (Locate(image.SwImage) is not { } path)
            {
                ReportMissing(image);
                continue;
            }

            found.TryAdd(path, image.Id);
            TellOtherFormat(image, artifacts.FirstOrDefault(a => a.Path == path)?.MediaType == "application/x-qemu-disk");
            if (image.Checksum is { } checksum && integrity.Actual(path, checksum.Algorithm, sha256, cancel) is { } actual && actual != checksum.Hash)
            {
                integrity.Tell(context.Sources.At(image, "checksum"),
                    $"The descriptor's {checksum.Algorithm} of {image.SwImage} is {checksum.Hash}; the file's is {actual}.");
            }
        }

        return found;
    }

    /// <summary>A VIM that is told the wrong format boots nothing, and says so late; a QCOW2 taken for RAW may even show its guest files of the VIM.</summary>
    private void TellOtherFormat(SwImageDescriptor image, bool isQcow)
    {
        if (image.DiskFormat is "QCOW2" && !isQcow || image.DiskFormat is "RAW" && isQcow)
        {
            context.Demand("disk-format", context.Sources.At(image, "diskFormat", "swImage", "file"),
                $"The software image {image.Name} is said to be {image.DiskFormat}, but its file {(isQcow ? "begins as a QCOW2 does" : "does not begin as one")}. Correct diskFormat, or convert the file (qemu-img convert).");
        }
    }

    /// <summary>From the top of the package, else from the descriptor's folder.</summary>
    private string? Locate(string reference)
    {
        var outer = descriptorPath.Split('!')[0];
        var folder = outer.Contains('/', StringComparison.Ordinal) ? outer[..(outer.LastIndexOf('/') + 1)] : "";
        return PackagePath.Resolve(top + reference) is { } fromTop && archive.Has(fromTop) ? fromTop
            : PackagePath.Resolve(folder + reference) is { } fromHere && archive.Has(fromHere) ? fromHere
            : null;
    }

    /// <summary>A path can mean a file of this package alone; a bare name, or a URI, may mean an image the VIM has.</summary>
    private void ReportMissing(SwImageDescriptor image)
    {
        var at = context.Sources.At(image, "swImage", "file");
        var isPath = image.SwImage.Contains('/', StringComparison.Ordinal) && !image.SwImage.Contains("://", StringComparison.Ordinal)
            && image.ContainerFormat is not "DOCKER";
        if (isPath)
        {
            var isFolder = archive.Paths.Any(p => p.StartsWith($"{top}{image.SwImage.TrimEnd('/')}/", StringComparison.Ordinal));
            context.Demand("missing-file", at, isFolder
                ? $"The software image {image.Name} is {image.SwImage}, which is a folder of the package; an image is one file: a Helm chart as 'helm package' makes it (.tgz), a container image as an archive (.tar)."
                : $"The software image {image.Name} is the file {image.SwImage}, which the package does not have{CsarLayout.Meant(image.SwImage, archive, top)}.");
        }
        else
        {
            context.Faults.Warn("external-image", at, $"The software image {image.SwImage} is no file of this package; the VIM must have it, or fetch it.");
        }
    }
}
