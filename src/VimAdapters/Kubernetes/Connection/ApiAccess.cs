namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>Text in PEM that is read anew with each connection, because files are renewed.</summary>
internal sealed record PemSource(Func<string> Read);

/// <summary>Whom to believe that it is the server.</summary>
/// <param name="Authority">The authority that signed it; null: those of this machine.</param>
/// <param name="Insecure">Anybody.</param>
internal sealed record ServerTrust(PemSource? Authority, bool Insecure);

/// <summary>Where a cluster is, and who we are there.</summary>
/// <param name="Server">The API server, https.</param>
/// <param name="Trust">Whom to believe that it is the server.</param>
/// <param name="ServerName">The name its certificate must have and that is sent as SNI; empty: the host of <paramref name="Server"/>.</param>
/// <param name="Identity">Our certificate and key; null: none.</param>
/// <param name="Token">Our token; null: none.</param>
/// <param name="Namespace">The namespace that the source names; may be empty.</param>
/// <param name="Source">Where all this comes from, for people.</param>
internal sealed record ApiAccess(Uri Server, ServerTrust Trust, string ServerName, PemSource? Identity, BearerToken? Token, string Namespace, string Source)
{
    /// <summary>The name that the server's certificate must have.</summary>
    public string ExpectedName => ServerName.Length > 0 ? ServerName : Server.IdnHost;
}

/// <summary>A token, fixed or in a file that is renewed.</summary>
internal sealed class BearerToken
{
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly string? path;
    private readonly TimeProvider clock;
    private string token;
    private DateTimeOffset readAt;

    private BearerToken(string token, string? path, TimeProvider clock) => (this.token, this.path, this.clock) = (token, path, clock);

    public static BearerToken Of(string token) => new(token.Trim(), null, TimeProvider.System);

    public static BearerToken OfFile(string path, TimeProvider clock) => new("", path, clock);

    /// <summary>The token as it is now; a file is read again when it was read a while ago, or when the last one was refused.</summary>
    /// <exception cref="IOException">The file cannot be read and never could.</exception>
    public string Read(bool refused = false)
    {
        lock (gate)
        {
            if (path is not null && (token.Length == 0 || refused || clock.GetUtcNow() - readAt >= ReadAgain))
            {
                try
                {
                    (token, readAt) = (File.ReadAllText(path).Trim(), clock.GetUtcNow());
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException && token.Length > 0)
                {
                    // In the middle of a renewal: the one we have is good for a while.
                }
            }

            return token;
        }
    }

    /// <summary>Whether asking again may give another one.</summary>
    public bool CanChange => path is not null;
}
