using System.Net;

namespace Mano.MecPlatform.Traffic.Gateway;

/// <summary>How the gateway behaves.</summary>
internal sealed record GatewayOptions
{
    /// <summary>Where devices connect (SOCKS 5); port 0 means any.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>Whether traffic may leave for its original destination, by PASSTHROUGH or because no rule matches. Off: whoever reaches the gateway must not reach the operator's network through it.</summary>
    public bool Passthrough { get; init; }

    /// <summary>Connections at once. The default is 1024: two file handles each, below the usual limit of open files.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>How long a connection may be silent. The default is 5 minutes: long polls stay, forgotten connections go.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long handshake and connecting may take together. The default is 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
