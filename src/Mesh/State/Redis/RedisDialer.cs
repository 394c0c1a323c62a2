using System.Globalization;
using System.Net;
using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>Makes sessions: connects to one server after the other until one is right.</summary>
internal sealed class RedisDialer(RedisStoreOptions options, TimeProvider clock, RedisKey[] keys, SeenRevision seen, StoreIdentity identity)
{
    /// <summary>A session that nobody has asked about for so long is another's to end.</summary>
    public static readonly TimeSpan SessionLife = TimeSpan.FromMinutes(5);

    /// <summary>A server that takes longer is asked again; one that has just been started may let the first knock lie.</summary>
    private TimeSpan ConnectPatience => options.Timeout < TimeSpan.FromSeconds(2) ? options.Timeout : TimeSpan.FromSeconds(2);

    private readonly RedisFailures failures = new(options);
    private readonly RedisTrust trust = new(options.TlsAuthority);
    private int next;
    private int dialled;

    /// <summary>Whether the store was found replaced or rolled back: from then on it must prove that it is the one we knew.</summary>
    public bool MustProve { get; set; }

    /// <exception cref="FailureException">No server is right; says why of the last one.</exception>
    public async Task<(RedisSession Session, ServerFacts Facts)> Dial(CancellationToken cancel)
    {
        FailureException? worst = null;
        for (var tried = 0; tried < options.Servers.Count; tried++)
        {
            try
            {
                return await Dial(options.Servers[next % options.Servers.Count], cancel);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
            {
                next++;
                var failure = e is FailureException known ? known : new(failures.Away(RedisFailures.WhyNoConnection(e)), e);
                // What a store says of itself is worth more than that another server is not there.
                worst = worst is null || worst.Failure.Reason == StateFailures.StoreUnavailable ? failure : worst;
            }
        }

        throw worst!;
    }

    private async Task<(RedisSession Session, ServerFacts Facts)> Dial(DnsEndPoint server, CancellationToken cancel)
    {
        var at = await Knock(server, cancel);
        var connection = await Connect(server.Host, at, cancel);
        RedisSession? session = null;
        try
        {
            // In a cluster, the node that has our slot.
            var endPoint = await connection.GetDatabase().IdentifyEndpointAsync(keys[0], CommandFlags.PreferMaster).WaitAsync(options.Timeout, clock, cancel);
            session = new(connection, connection.GetServer(endPoint ?? at), keys, (++dialled).ToString(CultureInfo.InvariantCulture));
            return (session, await Greet(session).WaitAsync(options.Timeout, clock, cancel));
        }
        catch (RedisServerException error)
        {
            session?.Dispose();
            throw new FailureException(failures.Answered(error.Message).Failure, error);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
        finally
        {
            if (session is null)
            {
                RedisSession.Close(connection);
            }
        }
    }

    private async Task<IPEndPoint> Knock(DnsEndPoint server, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ConnectPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            var (at, error) = await RedisKnock.Ask(server, options, trust, either.Token);
            return error is null ? at : throw failures.Answered(error).Failure.ToException();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    private async Task<ConnectionMultiplexer> Connect(string host, IPEndPoint at, CancellationToken cancel)
    {
        var connecting = ConnectionMultiplexer.ConnectAsync(Configuration(host, at));
        try
        {
            return await connecting.WaitAsync(ConnectPatience * 2, clock, cancel);
        }
        catch
        {
            _ = connecting.ContinueWith(static late =>
            {
                if (late.IsCompletedSuccessfully)
                {
                    RedisSession.Close(late.Result);
                }
            }, TaskScheduler.Default);
            throw;
        }
    }

    private async Task<ServerFacts> Greet(RedisSession session)
    {
        var facts = await ServerFacts.Ask(session.Server);
        if (facts.Refusal(failures) is { } refusal)
        {
            throw refusal.ToException();
        }

        await Task.WhenAll(RedisScript.All.Select(script => session.Server.ScriptLoadAsync(script.Text)));
        var (proof, commit) = seen.Proof;
        var known = identity.Known;
        var reply = await session.Run(RedisScript.Open,
            [known ?? "", identity.Fresh, session.Number, (long)SessionLife.TotalMilliseconds, seen.Revision, proof, commit, MustProve ? "1" : "0"]);
        switch ((string?)reply[0])
        {
            case "OK":
                identity.Found((string)reply[1]!);
                seen.Saw((long)reply[2]);
                return facts;
            case "REPLACED":
                throw failures.Replaced(known!, (string)reply[1]!).ToException();
            case "ROLLED_BACK":
                throw failures.RolledBack(seen.Revision, (string)reply[1]!).ToException();
            default:
                throw failures.Layout((string)reply[1]!).ToException();
        }
    }

    private ConfigurationOptions Configuration(string host, IPEndPoint at)
    {
        var configuration = new ConfigurationOptions
        {
            EndPoints = { at },
            Password = options.Password,
            Ssl = options.Tls,
            SslHost = options.Tls ? host : null,
            ClientName = "mano",
            AllowAdmin = true, // for CONFIG GET
            // A connection is never mended: a new one is made, which looks at the server afresh.
            AbortOnConnectFail = true,
            ConnectRetry = 1,
            ConnectTimeout = (int)ConnectPatience.TotalMilliseconds,
            SyncTimeout = (int)options.Timeout.TotalMilliseconds,
            KeepAlive = 10,
            TieBreaker = "",
            ConfigurationChannel = "",
        };
        configuration.CertificateValidation += trust.Accepts;
        return configuration;
    }
}
