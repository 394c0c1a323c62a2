using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>
/// Opens TLS connections to the API server. It does so itself, because the name in the certificate may be another than
/// the host's (tls-server-name), and because certificates in files are read anew with each connection.
/// </summary>
internal sealed class ApiDialer(ApiAccess access)
{
    /// <summary>A connection for HTTP, with the handshake behind it.</summary>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            // A server whose machine died must not hold a watch for ever.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            await socket.ConnectAsync(access.Server.IdnHost, access.Server.Port, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await stream.AuthenticateAsClientAsync(Options(), cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = access.ExpectedName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
        if (access.Identity is { } identity)
        {
            options.ClientCertificates = [ClientCertificate(identity)];
            options.LocalCertificateSelectionCallback = (_, _, ours, _, _) => ours[0];
        }

        if (access.Trust.Insecure)
        {
#pragma warning disable CA5359 // only with AllowInsecure, which says what it means
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (access.Trust.Authority is { } authority)
        {
            options.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.ImportFromPem(Read(authority, "the certificate authority"));
        }

        return options;
    }

    private static X509Certificate2 ClientCertificate(PemSource identity)
    {
        var pem = Read(identity, "the client certificate");
        try
        {
            return X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (CryptographicException e)
        {
            throw new AuthenticationException($"the client certificate or its key is no PEM, or they do not belong together ({e.Message})", e);
        }
    }

    private static string Read(PemSource source, string what)
    {
        try
        {
            return source.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuthenticationException($"{what} cannot be read: {e.Message}", e);
        }
    }
}
