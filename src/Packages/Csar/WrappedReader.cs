using Mano.Packages.Documents;
using Mano.Packages.Signatures;

namespace Mano.Packages.Csar;

/// <summary>Reads what an archive says of itself: a package, or (SOL004 option 2) a package wrapped with its signature, which is judged first.</summary>
internal sealed class WrappedReader(PackageReadOptions options, FaultList faults)
{
    internal PackageContent? Read(Stream package, CancellationToken cancel)
    {
        using (var outer = SafeArchive.Open(package, "", options.Limits, faults))
        {
            if (outer is null)
            {
                return null;
            }

            if (Wrapping.Find(outer) is { } wrapping)
            {
                return ReadWrapped(outer, wrapping, cancel);
            }
        }

        return new CsarReader(options, faults).Read(package, cancel);
    }

    /// <summary>The package that is in the archive, unpacked; null if the archive is the package.</summary>
    internal Stream? Unwrap(Stream package, CancellationToken cancel)
    {
        using var outer = SafeArchive.Open(package, "", options.Limits, faults);
        return outer is not null && Wrapping.Find(outer) is { } wrapping ? Unpack(outer, wrapping.Csar, cancel) : null;
    }

    private PackageContent? ReadWrapped(SafeArchive outer, Wrapping wrapping, CancellationToken cancel)
    {
        using var csar = Unpack(outer, wrapping.Csar, cancel);
        if (csar is null)
        {
            return null;
        }

        var whole = new WholeSignature(new SignatureCheck(outer, new("", null, null, wrapping.Certificate), options, faults), options, faults);
        var signers = whole.Check(wrapping, csar);
        csar.Position = 0;
        return new CsarReader(options, faults, signers, whole.IsVouched).Read(csar, cancel);
    }

    private Stream? Unpack(SafeArchive outer, string path, CancellationToken cancel)
    {
        var at = new Place(path, "", 0);
        if (options.Scratch is null && outer.Size(path) > options.Limits.MaxNestedArchiveBytes)
        {
            faults.Error("too-large", at, $"The wrapped package has {outer.Size(path)} bytes; at most {options.Limits.MaxNestedArchiveBytes} are unpacked in memory here. Sign the manifest instead (docs/how-to/sign-a-package.md).");
            return null;
        }

        var csar = options.Scratch?.Invoke() ?? new MemoryStream();
        if (outer.Size(path) <= options.Limits.MaxPackageBytes && outer.Copy(path, csar, faults, cancel))
        {
            csar.Position = 0;
            return csar;
        }

        if (outer.Size(path) > options.Limits.MaxPackageBytes)
        {
            faults.Error("too-large", at, $"The wrapped package has {outer.Size(path)} bytes; at most {options.Limits.MaxPackageBytes} are accepted.");
        }

        csar.Dispose();
        return null;
    }
}
