using System.Net.Sockets;

namespace Mano.MecPlatform.Dns;

/// <summary>What the DNS responder says; ids 6100 to 6199.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(6100, LogLevel.Warning, "Receiving a DNS query failed: {Error}")]
    public static partial void ReceiveFailed(ILogger log, SocketError error);
}
