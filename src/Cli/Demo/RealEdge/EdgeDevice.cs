using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>The user's device: a new socket for each request, in its own part of the network, as it comes from a browser that just started.</summary>
internal sealed class EdgeDevice : IDisposable
{
    /// <summary>After which a request counts as lost: far more than the network takes, also where this machine is busy with other things.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EdgeNetwork network;
    private readonly TimeProvider clock;
    private readonly HttpClient http;

    public EdgeDevice(EdgeNetwork network, TimeProvider clock)
    {
        (this.network, this.clock) = (network, clock);
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectCallback = ConnectAsync }) { Timeout = Patience };
        http.DefaultRequestHeaders.ConnectionClose = true;
    }

    public void Dispose() => http.Dispose();

    /// <summary>What the site's DNS answers.</summary>
    public Task<DnsReply> ResolveAsync(string name, CancellationToken stop) => DnsQuestion.AskAsync(EdgePlan.Dns, name, clock, stop, () => network.Udp(EdgePlan.User));

    /// <summary>A page, of an address or a name.</summary>
    /// <exception cref="HttpRequestException">Refused, or cut.</exception>
    /// <exception cref="OperationCanceledException">No answer in time.</exception>
    public Task<string> FetchAsync(string host, CancellationToken stop) => http.GetStringAsync(new Uri($"http://{host}/"), stop);

    /// <summary>The answer to one datagram.</summary>
    /// <exception cref="OperationCanceledException">No answer in time.</exception>
    public async Task<string> SendAsync(IPAddress address, CancellationToken stop)
    {
        using var socket = network.Udp(EdgePlan.User);
        socket.Connect(address, EdgePlan.DatagramPort);
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        await socket.SendAsync("?"u8.ToArray(), either.Token);
        return Encoding.UTF8.GetString((await socket.ReceiveAsync(either.Token)).Buffer);
    }

    /// <summary>Whether a page comes from there within this time.</summary>
    public async Task<bool> ReachesAsync(IPAddress address, TimeSpan within, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await FetchAsync(address.ToString(), either.Token);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var host = context.DnsEndPoint.Host;
        if (!IPAddress.TryParse(host, out var address))
        {
            var reply = await ResolveAsync(host, stop);
            address = reply.Addresses.Count > 0 ? reply.Addresses[0] : throw new HttpRequestException($"{host}: {reply}");
        }

        var socket = network.Tcp(EdgePlan.User);
        try
        {
            await socket.ConnectAsync(address, context.DnsEndPoint.Port, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
