using System.Net.Sockets;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>What the gateway says; ids 6200 to 6299.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(6200, LogLevel.Warning, "Accepting a device's connection failed: {Error}")]
    public static partial void AcceptFailed(ILogger log, SocketError error);

    [LoggerMessage(6201, LogLevel.Error, "A device's connection ended by a fault of the gateway")]
    public static partial void ConnectionFailed(ILogger log, Exception fault);
}
