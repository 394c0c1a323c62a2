using System.Security.Cryptography;
using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>
/// Whether the files are those the manifest vouches for. A digest of a file that is not there can never be right, so
/// that is refused under every policy; a file that is merely listed (no digest) and missing is told.
/// </summary>
internal sealed class IntegrityCheck(SafeArchive archive, CsarLayout layout, PackageReadOptions options, FaultList faults)
{
    private const int Named = 5;
    private readonly string _top = layout.Top;

    // A signature over digests that may be wrong would say nothing.
    private readonly FaultSeverity _mismatch = options is { Integrity: IntegrityPolicy.Warn, Signatures: not SignaturePolicy.Require } ? FaultSeverity.Warning : FaultSeverity.Error;
    private FaultSeverity Uncovered => options.Signatures == SignaturePolicy.Require && !IsVouched ? FaultSeverity.Error : FaultSeverity.Warning;

    /// <summary>Whether a signature over the whole package vouches for every file.</summary>
    internal bool IsVouched { get; init; }

    /// <param name="signed">Files that a signature of their own vouches for.</param>
    internal void Check(Manifest? manifest, Place at, IReadOnlyDictionary<string, string> sha256, IReadOnlySet<string> signed, CancellationToken cancel)
    {
        if (manifest is null)
        {
            faults.Add(Uncovered, "no-manifest", at, "The package has no manifest, so nothing vouches for its files; MEC 037 §6 requires one ('mano package build FOLDER' makes it).");
            return;
        }

        foreach (var source in manifest.Sources)
        {
            CheckSource(source, sha256, cancel);
        }

        if (!manifest.Sources.Any(HasDigest) && signed.Count == 0)
        {
            faults.Add(Uncovered, "no-digests", at, "The manifest has no digest of any file, so a changed file cannot be told from the real one.");
            return;
        }

        // The manifest, signatures and certificates cannot, or need not, be vouched for by the manifest (SOL004 §5.1).
        var covered = manifest.Sources.Where(HasDigest).Select(s => _top + s.Path).Append(at.File).Append(layout.Certificate ?? "")
            .Concat(manifest.Sources.SelectMany(s => new[] { _top + s.Signature, _top + s.Certificate })).Concat(signed).ToHashSet(StringComparer.Ordinal);
        var uncovered = archive.Paths.Where(p => !covered.Contains(p) && archive.Size(p) > 0).Order(StringComparer.Ordinal).ToList();
        if (uncovered.Count > 0)
        {
            var names = string.Join(", ", uncovered.Take(Named)) + (uncovered.Count > Named ? ", …" : "");
            faults.Add(Uncovered, "uncovered-file", at, $"The manifest has no digest of {uncovered.Count} file{(uncovered.Count == 1 ? "" : "s")}: {names}.");
        }
    }

    private static bool HasDigest(ManifestSource source) => source.Hash is not null;

    private void CheckSource(ManifestSource source, IReadOnlyDictionary<string, string> sha256, CancellationToken cancel)
    {
        if (source.Path.Contains("://", StringComparison.Ordinal))
        {
            faults.Warn("external-file", source.At, "The file lies outside the package; it is not fetched, and its digest not checked.");
            return;
        }

        var path = _top + source.Path;
        if (!archive.Has(path))
        {
            faults.Add(HasDigest(source) ? FaultSeverity.Error : FaultSeverity.Warning, "missing-file", source.At,
                $"The manifest lists {source.Path}, which the package does not have{CsarLayout.Meant(source.Path, archive, _top)}.");
            return;
        }

        if (source.Hash is not { } hash)
        {
            return;
        }

        if (Digest.Name(source.Algorithm ?? "") is not { } algorithm)
        {
            faults.Error("digest-algorithm", source.At, $"The digest of {source.Path} has the algorithm \"{source.Algorithm}\"; accepted are SHA-256 and SHA-512.");
            return;
        }

        if (Actual(path, algorithm, sha256, cancel) is { } actual && !actual.Equals(hash, StringComparison.OrdinalIgnoreCase))
        {
            Tell(source.At, $"The manifest's {algorithm} of {source.Path} is {hash}; the file's is {actual}. The file was changed after the manifest was made: make the manifest anew ('mano package build FOLDER' does).");
        }
    }

    /// <summary>A wrong digest, judged by the policy.</summary>
    internal void Tell(Place at, string message) =>
        faults.Add(_mismatch, "digest-mismatch", at, message);

    internal string? Actual(string path, string algorithm, IReadOnlyDictionary<string, string> sha256, CancellationToken cancel)
    {
        if (algorithm == Digest.Sha256)
        {
            return sha256.GetValueOrDefault(path);
        }

        return archive.Hash(path, HashAlgorithmName.SHA512, faults, cancel) is var (digest, _) ? Convert.ToHexStringLower(digest) : null;
    }
}
