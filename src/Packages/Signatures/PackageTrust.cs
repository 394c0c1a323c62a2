using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Packages.Signatures;

namespace Mano.Packages;

/// <summary>
/// The trust store of packages: certificates of providers, or of the authorities that vouch for them. Whoever's chain reaches one
/// of them is trusted, unless an authority's list of revoked certificates, which lies in the store as well, says otherwise.
/// </summary>
public sealed class PackageTrust
{
    private const string ListEnding = ".crl";

    private static readonly string[] Endings = [".pem", ".crt", ".cer", ".cert", ".der"];

    private readonly HashSet<string> _fingerprints = new(StringComparer.Ordinal);

    private PackageTrust(X509Certificate2Collection certificates, IReadOnlyList<(string File, RevocationList List)> lists)
    {
        (Certificates, RevocationLists) = (certificates, lists);
        _fingerprints.UnionWith(certificates.Select(Fingerprint));
    }

    /// <summary>No signature is trusted.</summary>
    public static PackageTrust Nobody { get; } = new([], []);

    public X509Certificate2Collection Certificates { get; }

    /// <summary>Lists of revoked certificates, with the file each is in.</summary>
    internal IReadOnlyList<(string File, RevocationList List)> RevocationLists { get; }

    /// <summary>Every certificate of a folder: files that end in .pem, .crt, .cer, .cert or .der, PEM (one or several) or DER; and every list of revoked ones, .crl.</summary>
    /// <exception cref="InvalidDataException">There is no such folder, or a file in it is no certificate or list; the message names it.</exception>
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

        var lists = new List<(string, RevocationList)>();
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => Path.GetExtension(f).Equals(ListEnding, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal))
        {
            lists.AddRange((RevocationList.Read(File.ReadAllBytes(file)) ?? throw new InvalidDataException(
                $"{file} is no list of revoked certificates (PEM or DER) that is whole: delta lists and lists of some kinds of certificates alone are not understood here. Put the authority's full list there, or take it out."))
                .Select(l => (Path.GetFileName(file), l)));
        }

        return new(all, lists);
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
