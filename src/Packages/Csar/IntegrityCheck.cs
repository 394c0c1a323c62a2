using System.Security.Cryptography;
using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>
/// Whether the files are those the manifest vouches for. A digest of a file that is not there can never be right, so
/// that is refused under every policy; a file that is merely listed (no digest) and missing is told.
/// </summary>
internal sealed class IntegrityCheck(SafeArchive archive, string top, IntegrityPolicy policy, FaultList faults)
{
    private const int Named = 5;

    internal void Check(Manifest? manifest, Place at, IReadOnlyDictionary<string, string> sha256, CancellationToken cancel)
    {
        if (manifest is null)
        {
            faults.Warn("no-manifest", at, "The package has no manifest, so nothing vouches for its files; MEC 037 §6 requires one.");
            return;
        }

        foreach (var source in manifest.Sources)
        {
            CheckSource(source, sha256, cancel);
        }

        if (manifest.IsSigned)
        {
            faults.Warn("signature-unverified", at, "The manifest carries a CMS signature, which is not verified yet.");
        }

        if (!manifest.Sources.Any(HasDigest))
        {
            faults.Warn("no-digests", at, "The manifest has no digest of any file, so a changed file cannot be told from the real one.");
            return;
        }

        var covered = manifest.Sources.Where(HasDigest).Select(s => top + s.Path).Append(at.File).ToHashSet(StringComparer.Ordinal);
        var uncovered = archive.Paths.Where(p => !covered.Contains(p) && archive.Size(p) > 0).Order(StringComparer.Ordinal).ToList();
        if (uncovered.Count > 0)
        {
            var names = string.Join(", ", uncovered.Take(Named)) + (uncovered.Count > Named ? ", …" : "");
            faults.Warn("uncovered-file", at, $"The manifest has no digest of {uncovered.Count} file{(uncovered.Count == 1 ? "" : "s")}: {names}.");
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

        var path = top + source.Path;
        if (!archive.Has(path))
        {
            faults.Add(HasDigest(source) ? FaultSeverity.Error : FaultSeverity.Warning, "missing-file", source.At,
                $"The manifest lists {source.Path}, which the package does not have.");
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
            Tell(source.At, $"The manifest's {algorithm} of {source.Path} is {hash}; the file's is {actual}. The file was changed, or the manifest not made anew.");
        }
    }

    /// <summary>A wrong digest, judged by the policy.</summary>
    internal void Tell(Place at, string message) =>
        faults.Add(policy == IntegrityPolicy.Warn ? FaultSeverity.Warning : FaultSeverity.Error, "digest-mismatch", at, message);

    internal string? Actual(string path, string algorithm, IReadOnlyDictionary<string, string> sha256, CancellationToken cancel)
    {
        if (algorithm == Digest.Sha256)
        {
            return sha256.GetValueOrDefault(path);
        }

        return archive.Hash(path, HashAlgorithmName.SHA512, faults, cancel) is var (digest, _) ? Convert.ToHexStringLower(digest) : null;
    }
}
