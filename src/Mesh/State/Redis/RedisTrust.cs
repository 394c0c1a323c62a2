using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Redis;

/// <summary>Whose certificates a Redis may show: those of one authority, or of the authorities that this machine trusts.</summary>
internal sealed class RedisTrust
{
    private readonly X509Certificate2? authority;

    /// <exception cref="FailureException">The authority's file cannot be read.</exception>
    public RedisTrust(string? authorityFile)
    {
        try
        {
            authority = authorityFile is null ? null : X509CertificateLoader.LoadCertificateFromFile(authorityFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FailureException(Failure.InvalidInput("TLS_FILE", $"--store: '{authorityFile}' cannot be read as a PEM certificate: {e.Message}", authorityFile!), e);
        }
    }

    /// <summary>As <see cref="RemoteCertificateValidationCallback"/>: the name must be the one that was dialled, whoever signed.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (authority is null || certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return errors == SslPolicyErrors.None;
        }

        using var own = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // a private authority rarely publishes revocation lists
                DisableCertificateDownloads = true,
            },
        };
        own.ChainPolicy.CustomTrustStore.Add(authority);
        if (chain is not null)
        {
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Skip(1).Select(element => element.Certificate).ToArray());
        }

        using var shown = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return own.Build(shown);
    }
}
