using System.Net;
using System.Text;
using System.Text.Json;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>A client of the REST northbound, and what every answer of it must be whatever it says.</summary>
internal sealed class RestClient(string root) : IDisposable
{
    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = Eventually.Patience }) { BaseAddress = new(root) };

    public void Dispose() => Http.Dispose();

    public Task<RestAnswer> Get(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Get, path, null, headers);

    public Task<RestAnswer> Delete(string path, params (string Name, string Value)[] headers) => Send(HttpMethod.Delete, path, null, headers);

    public Task<RestAnswer> Post(string path, string? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, body is null ? null : Json(body), headers);

    public Task<RestAnswer> Patch(string path, string body, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Patch, path, new StringContent(body, Encoding.UTF8, "application/merge-patch+json"), headers);

    public async Task<RestAnswer> Send(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };

        // A large body waits for the server's word: one that is refused unread would meet a connection that is being closed.
        request.Headers.ExpectContinue = content?.Headers.ContentLength > 60_000;
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await Http.SendAsync(request);
        var body = await response.Content.ReadAsByteArrayAsync();
        var answer = new RestAnswer(
            response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            body,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase));
        return (int)answer.Status < 400 ? answer : answer.CheckedProblem();
    }

    /// <summary>The operation that a 202 points at, when it has ended.</summary>
    public async Task<JsonElement> EndOf(RestAnswer accepted)
    {
        Assert.True(accepted.Status == HttpStatusCode.Accepted, accepted.ToString());
        Assert.Empty(accepted.Body);
        var ended = default(JsonElement);
        await Eventually.Is(
            async () =>
            {
                ended = (await Get(accepted.Location)).Json;
                return ended.GetProperty("operationState").GetString() is "COMPLETED" or "FAILED" or "FAILED_TEMP";
            },
            $"{accepted.Location} ends");
        return ended;
    }

    /// <summary>An instance of the descriptor, NOT_INSTANTIATED; its URL.</summary>
    public async Task<string> Create(string appDId = "probe-d", string name = "probe")
    {
        var created = await Post("/app_lcm/v1/app_instances", $$"""{"appDId":"{{appDId}}","appInstanceName":"{{name}}"}""");
        Assert.True(created.Status == HttpStatusCode.Created, created.ToString());
        return created.Location;
    }

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}

/// <summary>What came back.</summary>
internal sealed record RestAnswer(HttpStatusCode Status, string? ContentType, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Location => Headers["Location"];

    public string Detail => Json.GetProperty("detail").GetString()!;

    public string this[string attribute] => Json.GetProperty(attribute).ToString();

    public RestAnswer Is(HttpStatusCode status, string? detail = null)
    {
        Assert.True(Status == status, ToString());
        if (detail is not null)
        {
            Assert.Contains(detail, Detail, StringComparison.Ordinal);
        }

        return this;
    }

    public override string ToString() => $"{(int)Status} {ContentType}: {Text}";

    /// <summary>Every error is a ProblemDetails, with a sentence.</summary>
    public RestAnswer CheckedProblem()
    {
        Assert.True(ContentType == "application/problem+json", ToString());
        Assert.Equal((int)Status, Json.GetProperty("status").GetInt32());
        Assert.NotEqual("", this["title"]);
        Assert.True(Uri.IsWellFormedUriString(this["type"], UriKind.Absolute), this["type"]);
        Assert.True(Uri.IsWellFormedUriString(this["instance"], UriKind.Absolute), this["instance"]);
        Assert.True(Detail.Length > 20, Detail);
        return this;
    }
}

/// <summary>A whole MEO with a fake site, and a client of its REST port.</summary>
internal sealed class RestWorld : IAsyncDisposable
{
    private RestWorld(MeoWorld meo) => (Meo, Client) = (meo, new(meo.Http));

    public MeoWorld Meo { get; }

    public RestClient Client { get; }

    public static async Task<RestWorld> Start(Func<MeoOptions, MeoOptions>? with = null) => new(await MeoWorld.Start(with));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Meo.DisposeAsync();
    }
}
