using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Mano.Packages.Signatures;

/// <summary>
/// A detached signature over content of any length (RFC 5652 §5.4): 1. the content's digest is the signed attribute
/// messageDigest; 2. the signature fits the signed attributes; without any, it fits the digest itself. The library's own check wants the content in memory.
/// </summary>
internal static class StreamedCms
{
    private const string MessageDigest = "1.2.840.113549.1.9.4";
    private const string RsaPss = "1.2.840.113549.1.1.10";

    private static readonly Dictionary<string, HashAlgorithmName> Digests = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Why the signer's signature does not fit the content, or null.</summary>
    internal static string? Misfit(SignerInfo signer, X509Certificate2 certificate, Stream content)
    {
        if (!Digests.TryGetValue(signer.DigestAlgorithm.Value ?? "", out var algorithm))
        {
            return "its digest is too weak to be looked at for a package of this size; sign with -md sha256";
        }

        content.Position = 0;
        var actual = Hash(content, algorithm);
        if (signer.SignedAttributes.Count == 0)
        {
            return Fits(certificate, actual, signer, algorithm) ? null : "invalid signature";
        }

        var said = signer.SignedAttributes.Cast<CryptographicAttributeObject>().Where(a => a.Oid.Value == MessageDigest).SelectMany(a => a.Values.Cast<AsnEncodedData>()).ToList();
        if (said.Count != 1 || !AsnDecoder.ReadOctetString(said[0].RawData, AsnEncodingRules.BER, out _).AsSpan().SequenceEqual(actual)) // 1
        {
            return "the content's digest is another one";
        }

        return Fits(certificate, CryptographicOperations.HashData(algorithm, Encoded(signer.SignedAttributes)), signer, algorithm) ? null : "its signed attributes were changed"; // 2
    }

    private static byte[] Hash(Stream content, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        var buffer = new byte[128 * 1024];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>As they are signed: a SET OF in DER, whose members the writer brings into their order.</summary>
    private static byte[] Encoded(CryptographicAttributeObjectCollection attributes)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            foreach (var attribute in attributes)
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(attribute.Oid.Value!);
                    using (writer.PushSetOf())
                    {
                        foreach (var value in attribute.Values)
                        {
                            writer.WriteEncodedValue(value.RawData);
                        }
                    }
                }
            }
        }

        return writer.Encode();
    }

    private static bool Fits(X509Certificate2 certificate, byte[] digest, SignerInfo signer, HashAlgorithmName algorithm)
    {
        using var rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
        {
            return rsa.VerifyHash(digest, signer.GetSignature(), algorithm, signer.SignatureAlgorithm.Value == RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }

        using var ecdsa = certificate.GetECDsaPublicKey();
        return ecdsa is not null && ecdsa.VerifyHash(digest, signer.GetSignature(), DSASignatureFormat.Rfc3279DerSequence);
    }
}
