using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.OpenStack.Tests;

/// <summary>What happens to one request on its way.</summary>
internal enum Mischief
{
    None,

    /// <summary>It reaches the service, whose answer is dropped with the connection.</summary>
    LoseAnswer,

    /// <summary>It does not reach the service; the connection is dropped.</summary>
    LoseRequest,

    /// <summary>It reaches the service with a token that is none.</summary>
    SpoilToken,

    /// <summary>It does not reach the service; the answer is 429, come back in a second.</summary>
    TooMany,

    /// <summary>It reaches the service broken off in the middle of its body.</summary>
    BreakOff,
}

/// <summary>Stands between an adapter and one service, in a region of its own, and does mischief as a test says.</summary>
internal sealed class LossyCloud : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient upstream = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly string target;
    private int seen;

    private LossyCloud(WebApplication app, string target) => (this.app, this.target) = (app, target);

    public string Url { get; private set; } = "";

    /// <summary>How many requests mischief was done to.</summary>
    public int Hits => seen;

    /// <summary>Decides about every request.</summary>
    public Func<HttpRequest, Mischief> Decide { get; set; } = _ => Mischief.None;

    /// <summary>Does it once, to the next request of that method whose path ends so.</summary>
    public void Once(Mischief mischief, string method, string path)
    {
        var left = 1;
        Decide = r => r.Method == method && r.Path.Value!.EndsWith(path, StringComparison.Ordinal) && Interlocked.Exchange(ref left, 0) == 1 ? mischief : Mischief.None;
    }

    public static async Task<LossyCloud> StartAsync(string target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(k => k.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var proxy = new LossyCloud(app, target);
        app.Run(proxy.PassAsync);
        await app.StartAsync();
        proxy.Url = app.Urls.Single();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(true));
        await app.DisposeAsync();
        upstream.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var mischief = Decide(context.Request);
        if (mischief != Mischief.None)
        {
            Interlocked.Increment(ref seen);
        }

        switch (mischief)
        {
            case Mischief.LoseRequest:
                context.Abort();
                return;
            case Mischief.TooMany:
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
                return;
            case Mischief.BreakOff:
                await BreakOffAsync(context);
                return;
        }

        using var request = await CopyAsync(context.Request, mischief == Mischief.SpoilToken);
        using var answer = await upstream.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (mischief == Mischief.LoseAnswer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(h => h.Key is not ("Transfer-Encoding" or "Connection")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        if (answer.StatusCode != System.Net.HttpStatusCode.NoContent)
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    private async Task<HttpRequestMessage> CopyAsync(HttpRequest from, bool spoilToken)
    {
        var request = new HttpRequestMessage(new HttpMethod(from.Method), target + from.Path + from.QueryString);
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            using var body = new MemoryStream();
            await from.Body.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", from.ContentType);
        }

        foreach (var (name, values) in from.Headers.Where(h => h.Key is not ("Host" or "Content-Type" or "Content-Length" or "Transfer-Encoding" or "Connection")))
        {
            request.Headers.TryAddWithoutValidation(name, name == "X-Auth-Token" && spoilToken ? ["not-a-token"] : values.ToArray());
        }

        return request;
    }

    /// <summary>A piece of the body, and then nothing: the service sees its client go away.</summary>
    private async Task BreakOffAsync(HttpContext context)
    {
        var address = new Uri(target);
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port);
        var head = $"{context.Request.Method} {context.Request.Path} HTTP/1.1\r\nHost: {address.Authority}\r\nX-Auth-Token: {context.Request.Headers["X-Auth-Token"]}\r\n"
            + "Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
        await tcp.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(head));
        await tcp.GetStream().FlushAsync();

        // The service has noticed, and put the image back, before the client may try again: the next upload must not meet what is left of this one.
        tcp.Client.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        await tcp.GetStream().CopyToAsync(Stream.Null).WaitAsync(Mano.Testing.Eventually.Patience);
        context.Abort();
    }
}
