using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>
/// One connection. Queries may follow one another without waiting; answers go out as they come, in whatever order
/// (RFC 7766 6.2.1.1 and 7), so that one that waits for the upstream holds no other up.
/// </summary>
internal sealed class DnsTcpClient(Socket socket, DnsResponder responder, TimeProvider clock, DnsComplaints complaints) : IDisposable
{
    private const int MaxPipelined = 16;

    /// <summary>Queries are small: a name of 255 octets, and EDNS with its padding.</summary>
    private const int MaxQuery = 4096;

    /// <summary>10 s: time for a resolver's next query (RFC 7766 6.2.3 asks for "a few seconds"). A query that does not arrive whole in that time ends it too.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource idle = new(Idle, clock);
    private readonly SemaphoreSlim places = new(MaxPipelined);
    private readonly SemaphoreSlim writing = new(1);

    /// <summary>When it last asked, as a timestamp of the clock; greatest once it is being closed.</summary>
    public long LastQuery { get; private set; } = clock.GetTimestamp();

    /// <summary>Ends it; may come at any time, also after its end.</summary>
    public void Close()
    {
        LastQuery = long.MaxValue; // nobody needs to close it once more
        try
        {
            idle.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it has ended in this moment
        }
    }

    /// <summary>Answers until it goes, is idle for too long, or is closed; ends when no answer is under way any more. Never fails.</summary>
    public async Task Serve(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancel);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await DnsFraming.Read(stream, either.Token, MaxQuery) is { } query)
            {
                LastQuery = clock.GetTimestamp();
                idle.CancelAfter(Idle);
                await places.WaitAsync(either.Token);
                _ = Answer(stream, query, either.Token);
            }
        }
        catch (Exception wrong) when (wrong is IOException or SocketException or OperationCanceledException)
        {
            await either.CancelAsync(); // it went away, or was idle for too long
        }

        // It asks no more; what it asked is still answered, if there is time.
        for (var i = 0; i < MaxPipelined; i++)
        {
            await places.WaitAsync(CancellationToken.None);
        }
    }

    public void Dispose()
    {
        idle.Dispose();
        places.Dispose();
        writing.Dispose();
    }

    private async Task Answer(NetworkStream stream, byte[] query, CancellationToken cancel)
    {
        try
        {
            if (await responder.Answer(query, overTcp: true, cancel) is not { } answer)
            {
                Close(); // nothing to say means the bytes were no query: the stream is not to be trusted either
                return;
            }

            await writing.WaitAsync(cancel);
            try
            {
                await DnsFraming.Write(stream, answer, cancel);
            }
            finally
            {
                writing.Release();
            }
        }
        catch (Exception wrong) when (wrong is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // nobody waits for this answer
        }
        catch (Exception fault)
        {
            complaints.AnswerFailed(fault);
        }
        finally
        {
            places.Release();
        }
    }
}
