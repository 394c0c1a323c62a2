using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Mano.MecPlatform.Tests.Mp1;

/// <summary>An application's client of Mp1 that says what it got.</summary>
internal sealed class Mp1Client(HttpClient http)
{
    /// <summary>A client that calls from this address of the machine.</summary>
    public static HttpClient From(string address, Uri platform) => new(new SocketsHttpHandler { ConnectCallback = (context, cancel) => Connect(address, context, cancel) })
    {
        BaseAddress = platform,
    };

    /// <summary>Asserts the status, and that an error is a complete ProblemDetails.</summary>
    public async Task<JsonElement> Ask(HttpMethod method, string path, int status, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{method} {path}: {(int)answer.StatusCode} {text}");
        if (status < 400)
        {
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        }

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        foreach (var member in new[] { "type", "title", "detail", "instance" })
        {
            Assert.NotEqual(string.Empty, problem.GetProperty(member).GetString());
        }

        return problem;
    }

    public Task<JsonElement> Get(string path, int status = 200) => Ask(HttpMethod.Get, path, status);

    public Task<JsonElement> Post(string path, int status, string body) => Ask(HttpMethod.Post, path, status, body);

    /// <summary>Asks, is refused, and is told why in these words.</summary>
    public async Task IsRefused(HttpMethod method, string path, int status, string says, string? body = null, params (string Name, string Value)[] headers) =>
        Assert.Contains(says, (await Ask(method, path, status, body, headers)).GetProperty("detail").GetString(), StringComparison.Ordinal);

    private static async ValueTask<Stream> Connect(string address, SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(context.DnsEndPoint, cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
