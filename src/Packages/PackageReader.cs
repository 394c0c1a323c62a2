using System.Security.Cryptography;
using Mano.Packages.Csar;
using Mano.Packages.Documents;
using Mano.Packages.Reading;
using Mano.Packages.Tosca;

namespace Mano.Packages;

/// <summary>
/// Reads what a provider uploads: a CSAR, or a descriptor alone in JSON or YAML. Bad content never throws: everything
/// that is wrong comes back together. Only the stream's own failures throw. Nothing is written anywhere.
/// </summary>
public static class PackageReader
{
    private static ReadOnlySpan<byte> ZipStart => "PK"u8;

    /// <param name="package">Readable and seekable; read from its start, and left open.</param>
    /// <param name="options">Policy and bounds; null: the defaults.</param>
    /// <param name="cancel">Stops between blocks of a file.</param>
    public static PackageReading Read(Stream package, PackageReadOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        var faults = new FaultList(options.Limits.MaxFaults);
        var content = package.Length > options.Limits.MaxPackageBytes
            ? TooLarge(package.Length, options.Limits.MaxPackageBytes, faults)
            : IsArchive(package)
                ? new WrappedReader(options, faults).Read(package, cancel)
                : ReadBare(package, options, faults);
        var all = faults.All();
        return faults.HasErrors || content is null
            ? new(null, all)
            : new(content with { Warnings = all }, all);
    }

    /// <summary>
    /// What <see cref="CopyArtifact"/> copies from: the package that was read, or the one wrapped in it with its signature, unpacked. The caller closes it; the package stays open.
    /// </summary>
    /// <exception cref="InvalidDataException">The archive is not the one that was read, or was changed since.</exception>
    public static Stream Inside(Stream package, PackageReadOptions options, CancellationToken cancel = default)
    {
        if (!IsArchive(package))
        {
            return new Unclosed(package);
        }

        var faults = new FaultList(1);
        var inside = new WrappedReader(options, faults).Unwrap(package, cancel);
        return !faults.HasErrors ? inside ?? new Unclosed(package)
            : throw new InvalidDataException(faults.All()[0].ToString());
    }

    /// <summary>Copies one file of a CSAR that <see cref="Read"/> accepted.</summary>
    /// <exception cref="InvalidDataException">The archive is not the one that was read, or was changed since.</exception>
    public static void CopyArtifact(Stream package, Artifact artifact, Stream destination, PackageLimits? limits = null, CancellationToken cancel = default)
    {
        var faults = new FaultList(1);
        using var archive = SafeArchive.Open(package, "", limits ?? new(), faults);
        if (archive is null || !archive.Has(artifact.Path))
        {
            throw new InvalidDataException($"The package holds no file {artifact.Path} any more.");
        }

        using var sha256 = SHA256.Create();
        using (var hashing = new CryptoStream(destination, sha256, CryptoStreamMode.Write, leaveOpen: true))
        {
            if (!archive.Copy(artifact.Path, hashing, faults, cancel))
            {
                throw new InvalidDataException(faults.All()[0].ToString());
            }
        }

        if (Convert.ToHexStringLower(sha256.Hash!) != artifact.Sha256)
        {
            throw new InvalidDataException($"The file {artifact.Path} was changed since the package was read.");
        }
    }

    private static bool IsArchive(Stream package)
    {
        Span<byte> start = stackalloc byte[2];
        package.Position = 0;
        var read = package.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        package.Position = 0;
        return start[..read].SequenceEqual(ZipStart);
    }

    private static PackageContent? ReadBare(Stream package, PackageReadOptions options, FaultList faults)
    {
        if (package.Length > options.Limits.MaxDescriptorBytes)
        {
            return TooLarge(package.Length, options.Limits.MaxDescriptorBytes, faults);
        }

        var bytes = new byte[package.Length];
        package.ReadExactly(bytes);
        if (NoDescriptor(MediaTypes.Of("", bytes)) is { } sentence)
        {
            faults.Error("not-a-package", default, sentence);
            return null;
        }

        if (DescriptorReader.Read(bytes, "", new NoFiles(), options.Limits, faults) is not { } descriptor)
        {
            return null;
        }

        foreach (var image in descriptor.App.SwImageDescriptor)
        {
            faults.Warn("external-image", descriptor.Context.Sources.At(image, "swImage", "file"),
                $"A descriptor alone brings no files; the VIM must have the software image {image.SwImage}, or fetch it.");
        }

        return new() { Descriptor = descriptor.App, Kind = PackageKind.BareDescriptor };
    }

    /// <summary>What else people upload.</summary>
    private static string? NoDescriptor(string mediaType) => mediaType switch
    {
        "application/gzip" or "application/x-tar" => "The upload is a tar archive (a Helm chart, a container image?), not a package. A package is a ZIP (CSAR) that holds it beside a descriptor and a manifest; 'mano package build FOLDER' makes one.",
        "application/x-executable" or "application/x-qemu-disk" => "The upload is a software image, not a package. A package is a ZIP (CSAR) that holds it beside a descriptor and a manifest; 'mano package build FOLDER' makes one.",
        _ => null,
    };

    private static PackageContent? TooLarge(long length, long most, FaultList faults)
    {
        faults.Error("too-large", default, $"The upload has {length} bytes; at most {most} are accepted of its kind. A CSAR (ZIP) may be larger than a descriptor alone.");
        return null;
    }
}
