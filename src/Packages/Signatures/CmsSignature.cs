using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mano.Packages.Signatures;

/// <summary>One CMS message (RFC 5652): decoded, and its signers compared with what it signs. Says nothing about trust.</summary>
internal sealed class CmsSignature
{
    private const int MaxSigners = 8;
    private const int MaxCertificates = 32;

    private static readonly string[] StrongDigests = ["2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3"]; // SHA-256, SHA-384, SHA-512

    private readonly byte[] _der;
    private readonly SignedCms _decoded;

    private CmsSignature(byte[] der, SignedCms decoded) => (_der, _decoded) = (der, decoded);

    /// <summary>The content the message carries with it; null when it is detached.</summary>
    internal byte[]? Enclosed => _decoded.Detached || _decoded.ContentInfo.Content.Length == 0 ? null : _decoded.ContentInfo.Content;

    internal X509Certificate2Collection Certificates => _decoded.Certificates;

    /// <summary>Digest algorithms of the signers that are too weak to count, by name.</summary>
    internal IEnumerable<string> WeakDigests => Infos(_decoded).Select(s => s.DigestAlgorithm)
        .Where(d => !StrongDigests.Contains(d.Value)).Select(d => d.FriendlyName ?? d.Value ?? "an unknown one").Distinct();

    /// <param name="content">PEM (with whatever stands before and after it) or DER.</param>
    /// <param name="problem">What is wrong with it when null is returned.</param>
    internal static CmsSignature? Decode(ReadOnlySpan<byte> content, out string problem)
    {
        problem = "";
        try
        {
            var der = content.IndexOf("-----BEGIN"u8) < 0 ? content.ToArray() : FromPem(Encoding.ASCII.GetString(content));
            var decoded = new SignedCms();
            decoded.Decode(der);
            if (decoded.SignerInfos.Count is > 0 and <= MaxSigners && decoded.Certificates.Count <= MaxCertificates)
            {
                return new(der, decoded);
            }

            problem = $"it has {decoded.SignerInfos.Count} signers and {decoded.Certificates.Count} certificates; 1 to {MaxSigners} and up to {MaxCertificates} are taken";
        }
        catch (Exception e) when (IsBadData(e))
        {
            problem = e is FormatException ? "its base64 is damaged" : "it is no CMS message of signed data";
        }

        return null;
    }

    /// <summary>Why a signature does not fit the content, or null if all fit whose certificate is known.</summary>
    /// <param name="content">What is signed; null: what is enclosed.</param>
    internal string? Misfit(byte[]? content, X509Certificate2Collection certificates)
    {
        try
        {
            var cms = _decoded;
            if (content is not null && Enclosed is null)
            {
                cms = new SignedCms(new ContentInfo(content), detached: true);
                cms.Decode(_der);
            }

            foreach (var signer in Infos(cms))
            {
                if (CertificateOf(signer, certificates) is { } certificate)
                {
                    // The very certificate that is judged afterwards, and no other of the same name.
                    signer.CheckSignature([certificate], verifySignatureOnly: true);
                }
            }

            return null;
        }
        catch (Exception e) when (IsBadData(e))
        {
            return e.Message;
        }
    }

    /// <summary>The same for content of any length, where the message is detached.</summary>
    internal string? StreamedMisfit(Stream content, X509Certificate2Collection certificates)
    {
        try
        {
            return Infos(_decoded).Select(s => CertificateOf(s, certificates) is { } certificate ? StreamedCms.Misfit(s, certificate, content) : null).FirstOrDefault(m => m is not null);
        }
        catch (Exception e) when (IsBadData(e))
        {
            return e.Message;
        }
    }

    /// <summary>The certificate of each signer, null where nobody brought it.</summary>
    internal IEnumerable<X509Certificate2?> Signers(X509Certificate2Collection certificates) =>
        Infos(_decoded).Select(s => CertificateOf(s, certificates));

    private static IEnumerable<SignerInfo> Infos(SignedCms cms) => cms.SignerInfos.Cast<SignerInfo>();

    private static X509Certificate2? CertificateOf(SignerInfo signer, X509Certificate2Collection certificates) =>
        signer.Certificate ?? certificates.FirstOrDefault(c => IsOf(signer.SignerIdentifier, c));

    private static bool IsOf(SubjectIdentifier signer, X509Certificate2 certificate) => signer switch
    {
        { Type: SubjectIdentifierType.IssuerAndSerialNumber, Value: System.Security.Cryptography.Xml.X509IssuerSerial issuer } =>
            issuer.SerialNumber.Equals(certificate.SerialNumber, StringComparison.OrdinalIgnoreCase) && issuer.IssuerName == certificate.Issuer,
        { Type: SubjectIdentifierType.SubjectKeyIdentifier, Value: string key } =>
            certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any(e => key.Equals(e.SubjectKeyIdentifier, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    private static byte[] FromPem(string text) => PemEncoding.TryFind(text, out var fields)
        ? Convert.FromBase64String(text[fields.Base64Data])
        : throw new FormatException();

    /// <summary>What the library throws at hostile bytes.</summary>
    private static bool IsBadData(Exception e) => e is CryptographicException or FormatException or ArgumentException or InvalidOperationException
        or OverflowException or IndexOutOfRangeException or NotSupportedException or PlatformNotSupportedException or System.Formats.Asn1.AsnContentException;
}
