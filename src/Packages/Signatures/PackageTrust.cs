using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mano.Packages;

/// <summary>
/// The trust store of packages: certificates of providers, or of the authorities that vouch for them. Whoever's chain reaches one
/// of them is trusted. Revocation lists are not asked: who is not trusted any more is taken out of the store.
/// </summary>
public sealed class PackageTrust
{
    private static readonly string[] Endings = [".pem", ".crt", ".cer", ".cert", ".der"];

    private readonly HashSet<string> _fingerprints = new(StringComparer.Ordinal);

    private PackageTrust(X509Certificate2Collection certificates)
    {
        Certificates = certificates;
        _fingerprints.UnionWith(certificates.Select(Fingerprint));
    }

    /// <summary>No signature is trusted.</summary>
    public static PackageTrust Nobody { get; } = new([]);

    public X509Certificate2Collection Certificates { get; }

    /// <summary>Every certificate of a folder: files that end in .pem, .crt, .cer, .cert or .der, PEM (one or several) or DER.</summary>
    /// <exception cref="InvalidDataException">There is no such folder, or a file in it is no certificate; the message names it.</exception>
    public static PackageTrust FromFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidDataException($"There is no folder {folder} of trusted certificates; make it, and put the providers' certificates (PEM or DER) there.");
        }

        var all = new X509Certificate2Collection();
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => Endings.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal))
        {
            all.AddRange(Read(File.ReadAllBytes(file)) ?? throw new InvalidDataException($"{file} is no X.509 certificate, PEM or DER; take it out of the trust store, or put the right one there."));
        }

        return new(all);
    }

    /// <summary>The certificates of a file, PEM or DER; null if it is neither.</summary>
    internal static X509Certificate2Collection? Read(byte[] content)
    {
        try
        {
            var all = new X509Certificate2Collection();
            if (content.AsSpan().IndexOf("-----BEGIN"u8) >= 0)
            {
                all.ImportFromPem(System.Text.Encoding.ASCII.GetString(content));
                return all.Count > 0 ? all : null;
            }

            all.Add(X509CertificateLoader.LoadCertificate(content));
            return all;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    internal static string Fingerprint(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawDataMemory.Span));

    internal bool Has(X509Certificate2 certificate) => _fingerprints.Contains(Fingerprint(certificate));
}
