using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Samples.HelloEdge;

/// <summary>
/// HTTP/1.1 over a socket, one request a connection. An edge application may use what it likes; this one shows that
/// little is enough, and starts in a tenth of a second.
/// </summary>
internal sealed class HttpServer(TcpListener listener, Func<HttpRequest, HttpAnswer> answer) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static HttpServer Listen(IPEndPoint endPoint, Func<HttpRequest, HttpAnswer> answer)
    {
        var listener = new TcpListener(endPoint);
        listener.Start();
        return new(listener, answer);
    }

    /// <summary>Serves until told to stop.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                _ = Serve(await listener.AcceptTcpClientAsync(stop), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    public void Dispose() => listener.Dispose();

    private async Task Serve(TcpClient client, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var request = await RequestReader.Read(stream, patience.Token);
                var reply = request is null ? HttpAnswer.Text(400, "That is no HTTP request.\n") : answer(request);
                await stream.WriteAsync(reply.ToBytes(request?.Method == "HEAD"), patience.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client left, or was too slow.
            }
        }
    }
}

/// <summary>A request, read whole.</summary>
internal sealed record HttpRequest(string Method, string Path, string Body);

/// <summary>An answer; the connection ends with it.</summary>
internal sealed record HttpAnswer(int Status, string Body)
{
    public static HttpAnswer Text(int status, string body) => new(status, body);

    public static HttpAnswer Empty(int status) => new(status, "");

    public byte[] ToBytes(bool headOnly)
    {
        var body = Encoding.UTF8.GetBytes(Body);
        var reason = Status switch { 200 => "OK", 204 => "No Content", 400 => "Bad Request", _ => "Not Found" };
        var length = Status == 204 ? "" : $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\n";
        var head = Encoding.ASCII.GetBytes($"HTTP/1.1 {Status} {reason}\r\n{length}Connection: close\r\n\r\n");
        return headOnly ? head : [.. head, .. body];
    }
}
