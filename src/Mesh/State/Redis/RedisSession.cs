using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// One connection that was found right: the server is a master that keeps what it is given, it has our store at no less
/// than what we saw, it knows our scripts, and it refuses commits of the connection before.
/// </summary>
internal sealed class RedisSession : IDisposable
{
    private readonly ConnectionMultiplexer connection;
    private readonly RedisKey[] keys;
    private readonly CancellationTokenSource ended = new();

    public RedisSession(ConnectionMultiplexer connection, IServer server, RedisKey[] keys, string number)
    {
        this.connection = connection;
        this.keys = keys;
        Server = server;
        Number = number;
        connection.ConnectionFailed += (_, e) => End($"the connection was lost ({e.FailureType}).");
    }

    public string Number { get; }

    public IServer Server { get; }

    /// <summary>Why it ended; null while it lives.</summary>
    public string? WhyEnded { get; private set; }

    /// <summary>Cancelled when this session is of no more use.</summary>
    public CancellationToken Ended => ended.Token;

    public void End(string why)
    {
        lock (ended)
        {
            if (WhyEnded is not null)
            {
                return;
            }

            WhyEnded = why;
        }

        // Off the connection's own thread: what waits for this goes on inside Cancel.
        ThreadPool.QueueUserWorkItem(static source => ((CancellationTokenSource)source!).Cancel(), ended);
    }

    /// <summary>Runs a script that Redis knows; loads it again if Redis has forgotten it.</summary>
    public async Task<RedisResult[]> Run(RedisScript script, RedisValue[] arguments)
    {
        try
        {
            return (RedisResult[])(await connection.GetDatabase().ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster))!;
        }
        catch (RedisServerException forgotten) when (forgotten.Message.Contains("NOSCRIPT", StringComparison.Ordinal))
        {
            await Server.ScriptLoadAsync(script.Text);
            return (RedisResult[])(await connection.GetDatabase().ScriptEvaluateAsync(script.Hash, keys, arguments, CommandFlags.DemandMaster))!;
        }
    }

    public Task Subscribe(Action wake) => connection.GetSubscriber().SubscribeAsync(RedisKeys.Channel(keys), (_, _) => wake());

    public void Dispose()
    {
        End("this store was closed.");
        Close(connection);
    }

    /// <summary>In the background: closing waits for the socket, which may be that of a server that hangs.</summary>
    public static void Close(ConnectionMultiplexer connection) => ThreadPool.QueueUserWorkItem(
        static connection =>
        {
            try
            {
                connection.Close(allowCommandsToComplete: false);
                connection.Dispose();
            }
            catch (Exception e) when (e is RedisException or ObjectDisposedException or IOException or System.Net.Sockets.SocketException)
            {
                // It was broken already, which is why it is closed.
            }
        },
        connection,
        preferLocal: false);
}
