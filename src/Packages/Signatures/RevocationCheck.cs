using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Mano.Packages.Signatures;

/// <summary>
/// Whether somebody of a chain was revoked, by the lists in the trust store. Where the store has a list of an authority, the list must be
/// that authority's and up to date: an outdated one still revokes, and does not clear.
/// </summary>
internal static class RevocationCheck
{
    /// <param name="chain">From the signer up to the trusted certificate.</param>
    /// <param name="above">Certificates beyond, that may have made a list.</param>
    internal static IEnumerable<(string Rule, string Message)> Check(PackageTrust trust, IReadOnlyList<X509Certificate2> chain, IEnumerable<X509Certificate2> above, DateTimeOffset now)
    {
        var authorities = chain.Concat(above).Concat(trust.Certificates).ToList();
        foreach (var certificate in chain.Where(c => !c.SubjectName.RawData.AsSpan().SequenceEqual(c.IssuerName.RawData))) // a root cannot revoke itself
        {
            var lists = trust.RevocationLists.Where(l => l.List.IsOf(certificate)).ToList();
            var good = lists.FindAll(l => authorities.Exists(l.List.IsSignedBy));
            if (good.Exists(l => l.List.Lists(certificate)))
            {
                yield return ("signature-revoked",
                    $"The certificate of {CertificateCheck.Name(certificate)} (serial number {certificate.SerialNumber}) was revoked by its authority: {good.Find(l => l.List.Lists(certificate))!.File}. Sign again with a certificate that holds.");
            }
            else if (lists.Count > 0 && good.Count == 0)
            {
                yield return ("signature-crl", $"{lists[0].File} claims to be the list of revoked certificates of {certificate.Issuer}, and is not signed by it, so nobody knows whether the certificate of {CertificateCheck.Name(certificate)} holds. The operator of the trust store has to put the right one there.");
            }
            else if (good.Count > 0 && good.TrueForAll(l => l.List.Until < now))
            {
                yield return ("signature-crl", $"The list of revoked certificates {good[0].File} was to be renewed by {good[0].List.Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, so it does not say whether the certificate of {CertificateCheck.Name(certificate)} still holds. The operator of the trust store has to put a newer one there.");
            }
        }
    }
}
