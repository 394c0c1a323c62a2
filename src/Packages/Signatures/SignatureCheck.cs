using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Mano.Packages.Csar;
using Mano.Packages.Documents;

namespace Mano.Packages.Signatures;

/// <summary>
/// The signatures of a package (SOL004 §5): 1. of the manifest, a CMS at its end, over all that stands before it; 2. of single
/// files, a detached CMS beside them that the manifest names. The policy says whether a fault refuses.
/// </summary>
internal sealed class SignatureCheck(SafeArchive archive, CsarLayout layout, PackageReadOptions options, FaultList faults)
{
    private const string ByteOrderMark = "\uFEFF";

    private readonly CertificateCheck _certificates = new(options.Trust, options.Clock);
    private readonly List<PackageSigner> _signers = [];
    private int _left = options.Limits.MaxSignatures;

    /// <summary>Files that a trusted signature of their own vouches for.</summary>
    internal HashSet<string> SignedFiles { get; } = new(StringComparer.Ordinal);

    /// <summary>Everybody whose signature fits what it signs.</summary>
    internal IReadOnlyList<PackageSigner> Signers => _signers;

    /// <summary>Whether something else vouches for every file: then the manifest need not be signed.</summary>
    internal bool IsVouched { get; init; }

    /// <summary>A detached signature over a whole package. True if it fits, and its signers are trusted.</summary>
    internal bool CheckWhole(Stream content, string path, string signature, Place at)
    {
        if (ReadNamed(signature, at, "signature") is not { } bytes || Decode(bytes, at) is not { } cms)
        {
            return false;
        }

        if (cms.Enclosed is not null)
        {
            return Tell("signature-broken", at, $"The signature has content of its own inside; one that lies beside {path} is detached (openssl cms -sign without -nodetach).");
        }

        var certificates = All(cms, Certificates(layout.Certificate));
        if (Misfit(cms, content, certificates) is { } misfit)
        {
            TellMisfit(at, misfit, path);
            return false;
        }

        return Judge(cms, certificates, at, path);
    }

    private string? Misfit(CmsSignature cms, Stream content, X509Certificate2Collection certificates)
    {
        if (content.Length > options.Limits.MaxSignedFileBytes)
        {
            return cms.StreamedMisfit(content, certificates);
        }

        var all = new byte[content.Length];
        content.Position = 0;
        content.ReadExactly(all);
        return cms.Misfit(all, certificates);
    }

    internal IReadOnlyList<PackageSigner> Check(Manifest? manifest, Place at)
    {
        if (options.Signatures == SignaturePolicy.Ignore)
        {
            if (manifest is { Signatures.Count: > 0 })
            {
                faults.Warn("signature-ignored", at, "The manifest is signed, and the signature was not looked at: signatures are ignored here.");
            }

            return [];
        }

        var beside = Certificates(layout.Certificate);
        foreach (var (offset, line) in manifest?.Signatures ?? []) // 1
        {
            var pem = manifest!.Text.AsSpan(offset);
            CheckManifest(manifest, pem[..Math.Min(pem.Length, options.Limits.MaxSignatureBytes)].ToString(), at with { Line = line }, beside);
            if (_left < 0)
            {
                break;
            }
        }

        foreach (var source in manifest?.Sources.Where(s => s.Signature is not null) ?? []) // 2
        {
            CheckFile(source);
        }

        TellUnsigned(manifest, at);
        return _signers;
    }

    private void TellUnsigned(Manifest? manifest, Place at)
    {
        if (manifest is { Signatures.Count: > 0 } || IsVouched)
        {
            return;
        }

        if (options.Signatures == SignaturePolicy.Require)
        {
            faults.Error("signature-missing", at, "The package is not signed, and only signed ones are taken here. Put a CMS signature at the manifest's end: "
                + "openssl cms -sign -binary -md sha256 -signer you.pem -inkey you.key -in app.mf -outform PEM >> app.mf");
        }
        else if (layout.Certificate is { } path && _signers.Count == 0)
        {
            faults.Warn("signature-missing", new(archive.Prefix + path, "", 0), "The package brings a certificate, but nothing is signed with it: the manifest ends without a CMS signature.");
        }
    }

    private void CheckManifest(Manifest manifest, string pem, Place at, X509Certificate2Collection beside)
    {
        if (Decode(Encoding.ASCII.GetBytes(pem), at) is not { } cms)
        {
            return;
        }

        var certificates = All(cms, beside);
        if (cms.Enclosed is { } enclosed)
        {
            // EdgeGallery signs a copy of the list of files, and the copy travels inside the signature.
            if (cms.Misfit(null, certificates) is { } broken)
            {
                TellMisfit(at, broken, "the list of files inside it");
                return;
            }

            CompareLists(manifest, enclosed, at);
        }
        else if (Readings(manifest.SignedText).Select(reading => cms.Misfit(reading, certificates)).ToList() is var misfits && !misfits.Contains(null))
        {
            TellMisfit(at, misfits[0]!, "the manifest");
            return;
        }

        Judge(cms, certificates, at, at.File);
    }

    /// <summary>
    /// The text as tools sign it: as it is, without the empty lines before the signature, and with the line ends that
    /// <c>openssl cms -sign</c> makes when it is not told -binary. All say the same.
    /// </summary>
    private static IEnumerable<byte[]> Readings(string text)
    {
        var trimmed = text.TrimEnd('\r', '\n');
        string[] forms = [text, trimmed, trimmed + "\n", trimmed + "\r\n"];
        return forms.Concat(forms.Select(f => f.ReplaceLineEndings("\r\n"))).Concat([ByteOrderMark + text]).Distinct().Select(Encoding.UTF8.GetBytes);
    }

    private void CompareLists(Manifest manifest, byte[] enclosed, Place at)
    {
        var signed = Manifest.Read(Encoding.UTF8.GetString(enclosed), at, new FaultList(0)).Sources
            .GroupBy(s => s.Path, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last().Hash, StringComparer.Ordinal);
        foreach (var source in manifest.Sources.Where(s => !signed.TryGetValue(s.Path, out var hash) || !string.Equals(hash, s.Hash, StringComparison.OrdinalIgnoreCase)))
        {
            Tell("signature-broken", source.At, $"The manifest's digest of {source.Path} is not the one that was signed; it was changed after signing. Sign the manifest again.");
        }
    }

    private void CheckFile(ManifestSource source)
    {
        var path = layout.Top + source.Path;
        if (!archive.Has(path) || source.Signature is not { } name || ReadNamed(name, source.At, "signature") is not { } bytes || Decode(bytes, source.At) is not { } cms)
        {
            return;
        }

        if (archive.Size(path) > options.Limits.MaxSignedFileBytes)
        {
            Tell("signature-unverified", source.At, $"A file with a signature of its own has at most {options.Limits.MaxSignedFileBytes} bytes here, {source.Path} has {archive.Size(path)}; give its digest in the manifest and sign that.");
            return;
        }

        if (archive.ReadSmall(path, options.Limits.MaxSignedFileBytes, faults) is not { } content)
        {
            return;
        }

        var certificates = All(cms, Certificates(source.Certificate is { } own ? layout.Top + own : layout.Certificate));
        if (cms.Misfit(content, certificates) is { } misfit || (cms.Enclosed is { } enclosed && !enclosed.AsSpan().SequenceEqual(content) && (misfit = "its content is another file") is not null))
        {
            TellMisfit(source.At, misfit, source.Path);
        }
        else if (Judge(cms, certificates, source.At, path))
        {
            SignedFiles.Add(path);
        }
    }

    /// <summary>What is right in itself may still be nobody's we trust. True if nothing is wrong with any signer.</summary>
    private bool Judge(CmsSignature cms, X509Certificate2Collection certificates, Place at, string signed)
    {
        var good = true;
        foreach (var weak in cms.WeakDigests)
        {
            good = Tell("signature-algorithm", at, $"The signature uses the digest {weak}, which can be forged; accepted are SHA-256, SHA-384 and SHA-512 (openssl cms -sign -md sha256).");
        }

        foreach (var signer in cms.Signers(certificates))
        {
            if (signer is null)
            {
                good = Tell("signature-certificate", at, "The signer's certificate is missing: leave it inside the signature, or name its file as ETSI-Entry-Certificate in TOSCA.meta.");
                continue;
            }

            var wrong = FaultsOf(signer, certificates);
            wrong.ForEach(w => good = Tell(w.Rule, at, w.Message));
            _signers.Add(new(signer.Subject, PackageTrust.Fingerprint(signer), signed, wrong.Count == 0));
        }

        return good;
    }

    private List<(string Rule, string Message)> FaultsOf(X509Certificate2 signer, X509Certificate2Collection certificates)
    {
        try
        {
            return [.. _certificates.Check(signer, certificates)];
        }
        catch (CryptographicException e)
        {
            // Its parts are decoded when they are asked for: dates and extensions may be no such things.
            return [("signature-certificate", $"The signer's certificate cannot be read: {e.Message.TrimEnd('.')}. Sign with a certificate that was made by the rules (RFC 5280).")];
        }
    }

    private CmsSignature? Decode(byte[] bytes, Place at)
    {
        if (--_left < 0)
        {
            Tell("signature-unverified", at, $"At most {options.Limits.MaxSignatures} signatures of a package are verified; sign the manifest instead of each file.");
            return null;
        }

        string? problem = null;
        var cms = bytes.Length > options.Limits.MaxSignatureBytes ? null : CmsSignature.Decode(bytes, out problem);
        if (cms is null)
        {
            Tell("signature-broken", at, $"The signature cannot be read: {problem ?? $"it has more than {options.Limits.MaxSignatureBytes} bytes"}. Make it with: openssl cms -sign -binary -md sha256 … -outform PEM.");
        }

        return cms;
    }

    private byte[]? ReadNamed(string name, Place at, string what)
    {
        if (archive.Has(layout.Top + name))
        {
            return archive.ReadSmall(layout.Top + name, options.Limits.MaxSignatureBytes, faults);
        }

        faults.Error("missing-file", at, $"The manifest names {name} as a {what}, which the package does not have.");
        return null;
    }

    private X509Certificate2Collection Certificates(string? path)
    {
        if (path is null || !archive.Has(path) || archive.ReadSmall(path, options.Limits.MaxSignatureBytes, faults) is not { } bytes)
        {
            return [];
        }

        if (PackageTrust.Read(bytes) is { } found)
        {
            return found;
        }

        Tell("signature-certificate", new(archive.Prefix + path, "", 0), "The file is no X.509 certificate, PEM or DER.");
        return [];
    }

    private static X509Certificate2Collection All(CmsSignature cms, X509Certificate2Collection beside)
    {
        var all = new X509Certificate2Collection(cms.Certificates);
        all.AddRange(beside);
        return all;
    }

    private void TellMisfit(Place at, string reason, string signed) => Tell("signature-broken", at,
        $"The signature does not fit {signed}, which was changed after signing ({reason.TrimEnd('.')}). Sign last, when nothing is changed any more.");

    /// <summary>Always false, so that a caller can note that something was wrong.</summary>
    private bool Tell(string rule, Place at, string message)
    {
        faults.Add(options.Signatures == SignaturePolicy.Require ? FaultSeverity.Error : FaultSeverity.Warning, rule, at, message);
        return false;
    }
}
