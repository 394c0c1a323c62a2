using System.Security.Cryptography;
using Mano.Packages.AppD;
using Mano.Packages.Charts;
using Mano.Packages.Documents;
using Mano.Packages.Reading;
using Mano.Packages.Signatures;

namespace Mano.Packages.Csar;

/// <summary>
/// Reads a CSAR (MEC 037 §6, SOL004): 1. the archive is safe; 2. what is where; 3. the descriptor; 4. every file's
/// digest; 5. who signed it; 6. the manifest against both; 7. the images against the files; 8. the values of
/// its chart. All faults of all steps together.
/// </summary>
/// <param name="options">Policy and bounds.</param>
/// <param name="faults">Where they are told.</param>
/// <param name="wrappedBy">Who signed the package as a whole.</param>
/// <param name="isVouched">Whether that vouches for every file.</param>
internal sealed class CsarReader(PackageReadOptions options, FaultList faults, IReadOnlyList<PackageSigner>? wrappedBy = null, bool isVouched = false)
{
    private const string ImageList = "Image/SwImageDesc.json";

    internal PackageContent? Read(Stream package, CancellationToken cancel)
    {
        using var archive = SafeArchive.Open(package, "", options.Limits, faults); // 1
        if (archive is null)
        {
            return null;
        }

        var layout = CsarLayout.Find(archive, options.Limits, faults); // 2
        var (descriptor, path) = ReadDescriptor(archive, layout); // 3
        var sha256 = new Dictionary<string, string>(StringComparer.Ordinal);
        var artifacts = ReadArtifacts(archive, sha256, cancel); // 4

        var integrity = new IntegrityCheck(archive, layout, options, faults) { IsVouched = isVouched };
        var manifest = ReadManifest(archive, layout, out var at);
        var signatures = new SignatureCheck(archive, layout, options, faults) { IsVouched = isVouched };
        var signers = signatures.Check(manifest, at); // 5
        integrity.Check(manifest, at, sha256, signatures.SignedFiles, cancel); // 6

        if (descriptor is null)
        {
            return null;
        }

        if (manifest is not null)
        {
            ManifestMetadata.Check(manifest, descriptor.App, at, descriptor.Context);
        }

        var images = new ImageFiles(archive, layout.Top, path, descriptor.Context, integrity).Match(descriptor.App, sha256, artifacts, cancel); // 7
        Artifact[] files = [.. artifacts.Select(a => a with { SwImageId = images.GetValueOrDefault(a.Path) })];
        return new()
        {
            Descriptor = descriptor.App,
            Kind = PackageKind.Csar,
            DescriptorPath = path,
            Signers = [.. wrappedBy ?? [], .. signers],
            Artifacts = files,
            ChartValues = ChartFiles.Values(archive, SoftwareKinds.DeployedChart(descriptor.App, files), faults), // 8
        };
    }

    private (ReadDescriptor? Descriptor, string Path) ReadDescriptor(SafeArchive archive, CsarLayout layout)
    {
        if (layout.Definitions is not { } path)
        {
            return (null, "");
        }

        (string, byte[])? images = null;
        if (archive.Has(layout.Top + ImageList) && archive.ReadSmall(layout.Top + ImageList, options.Limits.MaxDescriptorBytes, faults) is { } list)
        {
            images = (layout.Top + ImageList, list);
        }

        return path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
            ? ReadNested(archive, path, images)
            : (ReadFrom(archive, path, images), path);
    }

    /// <summary>EdgeGallery packs the descriptor and its types into an archive of their own.</summary>
    private (ReadDescriptor? Descriptor, string Path) ReadNested(SafeArchive outer, string path, (string, byte[])? images)
    {
        if (outer.ReadSmall(path, options.Limits.MaxNestedArchiveBytes, faults) is not { } content)
        {
            return (null, path);
        }

        using var stream = new MemoryStream(content, writable: false);
        using var inner = SafeArchive.Open(stream, path + "!", options.Limits with { MaxTotalBytes = options.Limits.MaxNestedArchiveBytes }, faults);
        if (inner is null || FindInner(inner) is not { } definitions)
        {
            return (null, path);
        }

        return (ReadFrom(inner, definitions, images), inner.Prefix + definitions);
    }

    private string? FindInner(SafeArchive inner)
    {
        const string metaPath = "TOSCA_VNFD.meta";
        if (!inner.Has(metaPath))
        {
            return CsarLayout.Find(inner, options.Limits, faults).Definitions;
        }

        var at = new Place(inner.Prefix + metaPath, "", 0);
        if (inner.ReadSmall(metaPath, options.Limits.MaxDescriptorBytes, faults) is not { } content || DocumentReader.Decode(content, at, faults) is not { } text)
        {
            return null;
        }

        if (MetaFile.Read(text, at, faults).Find("Entry-Definitions") is var (name, line) && !inner.Has(name))
        {
            faults.Error("missing-file", at with { Path = "Entry-Definitions", Line = line }, $"Entry-Definitions names {name}, which the archive does not have.");
            return null;
        }

        return MetaFile.Read(text, at, new FaultList(0)).Find("Entry-Definitions")?.Value ?? CsarLayout.Find(inner, options.Limits, faults).Definitions;
    }

    private ReadDescriptor? ReadFrom(SafeArchive archive, string path, (string, byte[])? images) =>
        archive.ReadSmall(path, options.Limits.MaxDescriptorBytes, faults) is { } content
            ? DescriptorReader.Read(content, path, new ArchiveFiles(archive, options.Limits, faults), options.Limits, faults, images)
            : null;

    private List<Artifact> ReadArtifacts(SafeArchive archive, Dictionary<string, string> sha256, CancellationToken cancel)
    {
        var artifacts = new List<Artifact>();
        foreach (var path in archive.Paths.Order(StringComparer.Ordinal))
        {
            if (archive.Hash(path, HashAlgorithmName.SHA256, faults, cancel) is var (digest, head))
            {
                sha256[path] = Convert.ToHexStringLower(digest);
                artifacts.Add(new(path, sha256[path], archive.Size(path), MediaTypes.Of(path, head), null));
            }
        }

        return artifacts;
    }

    private Manifest? ReadManifest(SafeArchive archive, CsarLayout layout, out Place at)
    {
        at = new Place(layout.Manifest ?? "", "", 0);
        return layout.Manifest is { } path
            && archive.ReadSmall(path, options.Limits.MaxDescriptorBytes, faults) is { } content
            && DocumentReader.Decode(content, at, faults) is { } text
            ? Manifest.Read(text, at, faults)
            : null;
    }
}
