using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Finds out whether an application without Mp1 is up: its port accepts a connection.</summary>
internal sealed class ReadinessProbe(AppSupportOptions options, TimeProvider clock)
{
    /// <summary>Null if a connection was accepted, else why not.</summary>
    public async Task<string?> Try(string address, int port, CancellationToken cancel)
    {
        var target = new IPEndPoint(IPAddress.Parse(address), port);
        using var late = new CancellationTokenSource(options.ProbeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(target, either.Token);
            return null;
        }
        catch (SocketException refused)
        {
            return refused.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer within {options.ProbeTimeout.TotalSeconds} s";
        }
    }
}
