using System.Net;
using System.Net.Sockets;
using System.Text;
using Mano.Testing;

namespace Mano.Mesh.Tests.Processes;

/// <summary>A user's TCP connection through the platform's gateway (SOCKS 5) to an application that echoes.</summary>
internal sealed class GatewayFlow : IAsyncDisposable
{
    private readonly TcpClient client;

    private GatewayFlow(TcpClient client) => this.client = client;

    /// <summary>Connects to a name and port as a user would; fails where no active rule leads there.</summary>
    public static async Task<GatewayFlow> OpenAsync(string gateway, string name, ushort port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(gateway));
        var stream = client.GetStream();
        await stream.WriteAsync(new byte[] { 5, 1, 0 });
        await stream.ReadExactlyAsync(new byte[2]).AsTask().Soon("the gateway greets");
        await stream.WriteAsync((byte[])[5, 1, 0, 3, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)(port >> 8), (byte)port]);
        var answer = new byte[10];
        await stream.ReadExactlyAsync(answer).AsTask().Soon("the gateway answers");
        return answer[1] == 0 ? new(client) : throw new IOException($"the gateway refused {name}:{port} with {answer[1]}");
    }

    /// <summary>Whether what is sent comes back on this very connection.</summary>
    public async Task EchoesAsync(string text)
    {
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        var back = new byte[text.Length];
        await stream.ReadExactlyAsync(back).AsTask().Soon($"'{text}' comes back");
        Assert.Equal(text, Encoding.ASCII.GetString(back));
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Stands in for what a simulated compute would run: echoes on its address and port.</summary>
internal sealed class EchoAt : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;

    public EchoAt(string address, int port)
    {
        listener = new(IPAddress.Parse(address), port);
        listener.Start();
        serving = Task.Run(ServeAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = Task.Run(async () =>
            {
                using (client)
                {
                    var stream = client.GetStream();
                    await stream.CopyToAsync(stream, stop.Token);
                }
            });
        }
    }
}
