using System.Globalization;
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
    private const int MaxHead = 16 * 1024;
    private const int MaxBody = 64 * 1024;
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
                var request = await Read(stream, patience.Token);
                var reply = request is null ? HttpAnswer.Text(400, "That is no HTTP request.\n") : answer(request);
                await stream.WriteAsync(reply.ToBytes(request?.Method == "HEAD"), patience.Token);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The client left, or was too slow.
            }
        }
    }

    private static async Task<HttpRequest?> Read(NetworkStream stream, CancellationToken stop)
    {
        var buffer = new byte[MaxHead + MaxBody];
        var length = 0;
        var headEnd = -1;
        while (headEnd < 0 && length < MaxHead)
        {
            var n = await stream.ReadAsync(buffer.AsMemory(length, MaxHead - length), stop);
            length += n;
            headEnd = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (n == 0)
            {
                break;
            }
        }

        if (headEnd < 0)
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(buffer, 0, headEnd).Split("\r\n");
        var words = lines[0].Split(' ');
        if (words.Length != 3 || ContentLength(lines) is not { } bodyLength)
        {
            return null;
        }

        var bodyStart = headEnd + 4;
        while (length < bodyStart + bodyLength)
        {
            var n = await stream.ReadAsync(buffer.AsMemory(length, bodyStart + bodyLength - length), stop);
            if (n == 0)
            {
                return null;
            }

            length += n;
        }

        return new(words[0], words[1].Split('?')[0], Encoding.UTF8.GetString(buffer, bodyStart, bodyLength));
    }

    private static int? ContentLength(string[] lines)
    {
        const string name = "content-length:";
        var line = lines.FirstOrDefault(l => l.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0
            : int.TryParse(line[name.Length..], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= MaxBody ? value
            : null;
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
