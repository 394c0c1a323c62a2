using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Samples.HelloEdge;

/// <summary>Answers each datagram with one line, where the descriptor declares a port called "datagrams".</summary>
internal sealed class DatagramServer(IPEndPoint endPoint, Func<string> answer)
{
    /// <summary>Serves until told to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        using var socket = new UdpClient(endPoint);
        try
        {
            while (true)
            {
                var question = await socket.ReceiveAsync(stop);
                await socket.SendAsync(Encoding.UTF8.GetBytes(answer()), question.RemoteEndPoint, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
