using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Mano.Packages.Tests.Signatures;

/// <summary>A certificate with its key, made by itself or by another; signs as openssl does.</summary>
internal sealed class Authority : IDisposable
{
    internal static readonly DateTimeOffset Today = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    private readonly RSA _key;

    private Authority(string name, Authority? issuer, DateTimeOffset from, DateTimeOffset to, bool isAuthority, int bits, X509KeyUsageFlags usage)
    {
        _key = RSA.Create(bits);
        var request = new CertificateRequest($"CN={name}, O=Example", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature : usage, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (issuer is null)
        {
            Certificate = request.CreateSelfSigned(from, to);
        }
        else
        {
            using var without = request.Create(issuer.Certificate, from, to, SHA256.HashData(Encoding.UTF8.GetBytes(name))[..8]);
            Certificate = without.CopyWithPrivateKey(_key);
        }
    }

    internal X509Certificate2 Certificate { get; }

    internal string Pem => Certificate.ExportCertificatePem() + "\n";

    internal static Authority Root(string name = "Example Root") => new(name, null, Today.AddYears(-5), Today.AddYears(5), isAuthority: true, 2048, X509KeyUsageFlags.None);

    internal Authority Issue(string name, int fromDays = -100, int toDays = 100, int bits = 2048, X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature) =>
        new(name, this, Today.AddDays(fromDays), Today.AddDays(toDays), isAuthority: false, bits, usage);

    /// <summary>A detached CMS, PEM.</summary>
    internal string Sign(byte[] content, string digest = "2.16.840.1.101.3.4.2.1", bool withCertificate = true, SubjectIdentifierType by = SubjectIdentifierType.IssuerAndSerialNumber, bool enclose = false, bool withAttributes = true)
    {
        var cms = new SignedCms(new ContentInfo(content), detached: !enclose);
        var signer = new CmsSigner(by, Certificate)
        {
            DigestAlgorithm = new Oid(digest), IncludeOption = withCertificate ? X509IncludeOption.EndCertOnly : X509IncludeOption.None,
        };
        if (withAttributes)
        {
            signer.SignedAttributes.Add(new Pkcs9SigningTime(Today.UtcDateTime));
        }

        cms.ComputeSignature(signer);
        return PemEncoding.WriteString("CMS", cms.Encode()) + "\n";
    }

    /// <summary>Ends a manifest with a signature of everything in it.</summary>
    internal Func<string, string> Manifest(string digest = "2.16.840.1.101.3.4.2.1", bool withCertificate = true) =>
        text => text + "\n" + Sign(Encoding.UTF8.GetBytes(text + "\n"), digest, withCertificate);

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
