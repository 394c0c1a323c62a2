using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Hosting;

/// <summary>Listening on an address that the machine does not have yet, such as that of a network which a container engine makes later.</summary>
public static partial class LateAddresses
{
    private const int ProtocolIp = 0;
    private const int FreeBind = 15;

    /// <summary>
    /// Lets this process listen on such an address instead of refusing to start; whoever mistyped one reads it in the log. Linux
    /// only: elsewhere it is refused as ever.
    /// </summary>
    public static IServiceCollection AddLateAddresses(this IServiceCollection services)
    {
        services.AddOptions<SocketTransportOptions>().Configure<ILoggerFactory>((transport, loggers) =>
        {
            var logger = loggers.CreateLogger(typeof(LateAddresses).FullName!);
            transport.CreateBoundListenSocket = endpoint => Bind(endpoint, logger);
        });
        return services;
    }

    private static Socket Bind(EndPoint endpoint, ILogger logger)
    {
        try
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable && OperatingSystem.IsLinux() && endpoint is IPEndPoint { AddressFamily: AddressFamily.InterNetwork })
        {
            NotThereYet(logger, endpoint);
            return BindFreely(endpoint);
        }
    }

    private static Socket BindFreely(EndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(ProtocolIp, FreeBind, BitConverter.GetBytes(1));
            socket.Bind(endpoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    [LoggerMessage(7600, LogLevel.Warning, "{Endpoint} is no address of this machine yet; it is listened on, and answers once there is one")]
    private static partial void NotThereYet(ILogger logger, EndPoint endpoint);
}
