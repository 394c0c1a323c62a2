using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Discovery.Consul;

/// <summary>How an agent is reached.</summary>
internal static class ConsulTransport
{
    /// <exception cref="FailureException">The file of authorities cannot be read.</exception>
    public static SocketsHttpHandler Handler(DiscoveryOptions options) => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        AllowAutoRedirect = false,
        // An agent is next to us; what a machine's proxy variables say is meant for the way out.
        UseProxy = false,
        UseCookies = false,
        SslOptions = options.CaFile is { } file ? Trusting(file) : new(),
    };

    private static SslClientAuthenticationOptions Trusting(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // As between the parts (MeshCertificates): private authorities rarely publish lists.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, e.Message);
        }

        return policy.CustomTrustStore.Count > 0
            ? new SslClientAuthenticationOptions { CertificateChainPolicy = policy }
            : throw Unreadable(file, "it holds no certificate.");
    }

    private static FailureException Unreadable(string file, string why) =>
        Failure.InvalidInput("CONSUL_CA", $"--consul-ca: '{file}' cannot be read as PEM certificates: {why}", file).ToException();
}
