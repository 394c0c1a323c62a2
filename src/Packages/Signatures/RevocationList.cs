using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mano.Packages.Signatures;

/// <summary>
/// A list of revoked certificates (RFC 5280 §5), whole and direct. It is read here because the library's chain takes lists from the machine's
/// stores or from the network, and the trust in packages rests on neither.
/// </summary>
internal sealed class RevocationList
{
    private const string IssuingDistributionPoint = "2.5.29.28";
    private const string Label = "X509 CRL";

    private static readonly Dictionary<string, HashAlgorithmName> Algorithms = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.1.1.11"] = HashAlgorithmName.SHA256,
        ["1.2.840.113549.1.1.12"] = HashAlgorithmName.SHA384,
        ["1.2.840.113549.1.1.13"] = HashAlgorithmName.SHA512,
        ["1.2.840.10045.4.3.2"] = HashAlgorithmName.SHA256,
        ["1.2.840.10045.4.3.3"] = HashAlgorithmName.SHA384,
        ["1.2.840.10045.4.3.4"] = HashAlgorithmName.SHA512,
    };

    private readonly HashSet<BigInteger> _revoked = [];
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly string _algorithm;

    private RevocationList(ReadOnlyMemory<byte> der)
    {
        var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        _signed = list.PeekEncodedValue().ToArray();
        var said = list.ReadSequence();
        _algorithm = list.ReadSequence().ReadObjectIdentifier();
        _signature = list.ReadBitString(out _);

        if (said.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            said.ReadInteger();
        }

        said.ReadSequence();
        Issuer = said.ReadEncodedValue().ToArray();
        From = Time(said);
        Until = said.HasData && IsTime(said.PeekTag()) ? Time(said) : null;
        if (said.HasData && said.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            for (var entries = said.ReadSequence(); entries.HasData;)
            {
                _revoked.Add(entries.ReadSequence().ReadInteger());
            }
        }

        if (said.HasData)
        {
            RefuseCritical(said.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0)).ReadSequence());
        }
    }

    /// <summary>Distinguished name of who made it, as encoded.</summary>
    internal byte[] Issuer { get; }

    internal DateTimeOffset From { get; }

    /// <summary>When a newer one is due; null: it does not say.</summary>
    internal DateTimeOffset? Until { get; }

    /// <param name="content">PEM (one or several) or DER.</param>
    /// <returns>Null if it is none, or one that cannot be understood in full.</returns>
    internal static List<RevocationList>? Read(byte[] content)
    {
        try
        {
            return content.AsSpan().IndexOf("-----BEGIN"u8) < 0 ? [new(content)] : FromPem(System.Text.Encoding.ASCII.GetString(content));
        }
        catch (Exception e) when (e is AsnContentException or FormatException or NotSupportedException or ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    internal bool IsOf(X509Certificate2 certificate) => Issuer.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    internal bool Lists(X509Certificate2 certificate) => _revoked.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true));

    /// <summary>Whether this authority made it.</summary>
    internal bool IsSignedBy(X509Certificate2 authority)
    {
        if (!Issuer.AsSpan().SequenceEqual(authority.SubjectName.RawData) || !Algorithms.TryGetValue(_algorithm, out var algorithm))
        {
            return false;
        }

        using var rsa = authority.GetRSAPublicKey();
        using var ecdsa = rsa is null ? authority.GetECDsaPublicKey() : null;
        return rsa?.VerifyData(_signed, _signature, algorithm, RSASignaturePadding.Pkcs1)
            ?? ecdsa?.VerifyData(_signed, _signature, algorithm, DSASignatureFormat.Rfc3279DerSequence)
            ?? false;
    }

    private static List<RevocationList>? FromPem(string text)
    {
        var all = new List<RevocationList>();
        while (PemEncoding.TryFind(text, out var fields))
        {
            if (text[fields.Label] != Label)
            {
                return null;
            }

            all.Add(new(Convert.FromBase64String(text[fields.Base64Data])));
            text = text[fields.Location.End..];
        }

        return all.Count == 0 ? null : all;
    }

    /// <summary>A list of a part of the certificates, or of changes alone, says so in a critical extension: taking it for the whole would let others pass.</summary>
    private static void RefuseCritical(AsnReader extensions)
    {
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var id = extension.ReadObjectIdentifier();
            if (extension.PeekTag().HasSameClassAndValue(Asn1Tag.Boolean) && extension.ReadBoolean())
            {
                throw new NotSupportedException($"extension {id}{(id == IssuingDistributionPoint ? " (a part of a list)" : "")}");
            }
        }
    }

    private static bool IsTime(Asn1Tag tag) => tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static DateTimeOffset Time(AsnReader reader) =>
        reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
