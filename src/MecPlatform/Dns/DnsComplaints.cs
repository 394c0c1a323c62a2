using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>Says what goes wrong with queries, one line of a kind in ten seconds at most: whoever can send packets must not be able to fill a disk.</summary>
internal sealed class DnsComplaints(ILogger log, TimeProvider clock)
{
    private readonly Gate receiving = new(clock);
    private readonly Gate answering = new(clock);

    public void ReceiveFailed(SocketError error)
    {
        if (receiving.Opens(out var unsaid))
        {
            DnsLog.ReceiveFailed(log, error, unsaid);
        }
    }

    public void AnswerFailed(Exception fault)
    {
        if (answering.Opens(out var unsaid))
        {
            DnsLog.AnswerFailed(log, unsaid, fault);
        }
    }

    /// <summary>Lets one through in each interval, and counts the others.</summary>
    private sealed class Gate(TimeProvider clock)
    {
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private readonly Lock gate = new();
        private long? last;
        private long unsaid;

        public bool Opens(out long since)
        {
            lock (gate)
            {
                since = unsaid;
                if (last is { } then && clock.GetElapsedTime(then) < Interval)
                {
                    unsaid++;
                    return false;
                }

                (last, unsaid) = (clock.GetTimestamp(), 0);
                return true;
            }
        }
    }
}
