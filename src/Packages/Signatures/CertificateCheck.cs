using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Mano.Packages.Signatures;

/// <summary>Whether a certificate is valid today, strong enough, made for signing, and leads to one in the trust store.</summary>
internal sealed class CertificateCheck(PackageTrust trust, TimeProvider clock)
{
    private const int LeastRsaBits = 2048;

    // The chain is judged by the store of packages alone: nothing is fetched, and what the machine trusts for the web counts for nothing.
    private const X509ChainStatusFlags ToldElsewhere = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain
        | X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.RevocationStatusUnknown | X509ChainStatusFlags.OfflineRevocation;

    /// <returns>What is wrong, as rule and sentence; nothing if the signer is trusted.</returns>
    internal IEnumerable<(string Rule, string Message)> Check(X509Certificate2 certificate, X509Certificate2Collection others)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trust.Certificates);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        chain.ChainPolicy.ExtraStore.AddRange(trust.Certificates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.Build(certificate);

        var elements = chain.ChainElements.Select(e => e.Certificate).DefaultIfEmpty(certificate).ToList();
        var anchor = elements.FindIndex(trust.Has);
        if (anchor < 0)
        {
            yield return ("signature-untrusted", Untrusted(elements));
        }

        // Above the certificate that is trusted itself, nothing has to hold.
        var judged = anchor < 0 ? elements : elements[..(anchor + 1)];
        var now = clock.GetUtcNow();
        foreach (var outdated in judged.Where(c => now < Start(c) || now > End(c)))
        {
            yield return ("signature-expired",
                $"The certificate of {Name(outdated)} is valid from {Day(Start(outdated))} to {Day(End(outdated))}, which today, {Day(now)}, is not in. Sign again with a certificate that is valid now.");
        }

        foreach (var status in chain.ChainElements.Take(judged.Count).SelectMany(e => e.ChainElementStatus).Where(s => (s.Status & ~ToldElsewhere) != 0).DistinctBy(s => s.Status))
        {
            yield return ("signature-certificate", $"The chain of certificates of {Name(certificate)} does not hold: {status.StatusInformation.Trim().TrimEnd('.')}. Sign with a certificate whose chain is right.");
        }

        foreach (var revoked in RevocationCheck.Check(trust, judged, elements.Skip(judged.Count), now))
        {
            yield return revoked;
        }

        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0)
        {
            yield return ("signature-certificate", $"The certificate of {Name(certificate)} is not made for signing (key usage {usage.KeyUsages}); take one with digitalSignature.");
        }

        using var rsa = certificate.GetRSAPublicKey();
        if (rsa?.KeySize < LeastRsaBits)
        {
            yield return ("signature-weak-key", $"The key of {Name(certificate)} has {rsa.KeySize} bits, which can be broken; sign with an RSA key of at least {LeastRsaBits} bits, or with ECDSA.");
        }
    }

    /// <summary>As people know it: the common name if there is one, else the whole subject.</summary>
    internal static string Name(X509Certificate2 certificate) =>
        certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } name ? name : certificate.Subject;

    private string Untrusted(List<X509Certificate2> elements)
    {
        var chain = string.Join(", issued by ", elements.Take(4).Select(Name));
        var remedy = trust.Certificates.Count == 0
            ? "no trust store is set; name a folder of certificates with --package-trust"
            : $"none of these is among the {trust.Certificates.Count} in the trust store";
        return $"The signer is not trusted: {chain}; {remedy}. The certificate's SHA-256 fingerprint is {PackageTrust.Fingerprint(elements[0])}.";
    }

    private static DateTimeOffset Start(X509Certificate2 certificate) => certificate.NotBefore.ToUniversalTime();

    private static DateTimeOffset End(X509Certificate2 certificate) => certificate.NotAfter.ToUniversalTime();

    private static string Day(DateTimeOffset time) => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
