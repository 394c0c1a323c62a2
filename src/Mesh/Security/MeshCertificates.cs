using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Security;

/// <summary>
/// The certificates of mutual TLS between the parts: this process' own, and the authority whose certificates it accepts,
/// as a server and as a client. Only that authority counts; the machine's trust store does not.
/// </summary>
public sealed class MeshCertificates
{
    private readonly SslStreamCertificateContext own;
    private readonly X509Certificate2 authority;

    private MeshCertificates(X509Certificate2 own, X509Certificate2 authority)
    {
        this.own = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
        this.authority = authority;
    }

    /// <summary>Reads three PEM files.</summary>
    /// <exception cref="FailureException">A file is missing or is not what it should be; names the file, never its content.</exception>
    public static MeshCertificates Load(string certificateFile, string keyFile, string authorityFile)
    {
        var own = Read(certificateFile, "--tls-cert", () => X509Certificate2.CreateFromPemFile(certificateFile, keyFile));
        var authority = Read(authorityFile, "--tls-ca", () => X509CertificateLoader.LoadCertificateFromFile(authorityFile));
        return new MeshCertificates(own, authority);
    }

    /// <summary>What a server asks of its callers: a certificate of the authority.</summary>
    internal SslServerAuthenticationOptions Server() => new()
    {
        ServerCertificateContext = own,
        ClientCertificateRequired = true,
        CertificateChainPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => certificate is not null && errors == SslPolicyErrors.None,
    };

    /// <summary>What a client asks of a server: a certificate of the authority, for the name or address that was dialled.</summary>
    internal SslClientAuthenticationOptions Client() => new()
    {
        ClientCertificateContext = own,
        CertificateChainPolicy = Policy(),
    };

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // A private authority of an edge network rarely publishes revocation lists; short-lived certificates do that work.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    private static X509Certificate2 Read(string file, string flag, Func<X509Certificate2> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Failure.InvalidInput("TLS_FILE", $"{flag}: '{file}' (or the key that goes with it) cannot be read as PEM: {e.Message}", file).ToException();
        }
    }
}
