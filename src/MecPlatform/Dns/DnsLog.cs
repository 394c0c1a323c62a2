using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>What the DNS responder says; ids 6100 to 6119. Said through <see cref="DnsComplaints"/>.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(6100, LogLevel.Warning, "Receiving a DNS query failed: {Error}; {Unsaid} more since the last such line")]
    public static partial void ReceiveFailed(ILogger log, SocketError error, long unsaid);

    [LoggerMessage(6101, LogLevel.Error, "Answering a DNS query failed; {Unsaid} more since the last such line")]
    public static partial void AnswerFailed(ILogger log, long unsaid, Exception fault);
}
