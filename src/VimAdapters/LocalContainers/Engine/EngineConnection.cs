using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers.Engine;

/// <summary>
/// HTTP over the engine's unix socket. Whatever keeps an answer from coming is UNAVAILABLE, what the engine refuses is
/// <see cref="EngineRefusedException"/>; a call that nobody answers ends after its limit.
/// </summary>
internal sealed class EngineConnection : IDisposable
{
    /// <summary>Of the Docker Engine API: that of dockerd 20.10, which later ones speak too, and Podman's service as well.</summary>
    public const string ApiVersion = "1.41";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly TimeProvider clock;
    private readonly TimeSpan limit;
    private readonly string path;

    public EngineConnection(string path, TimeSpan limit, TimeProvider clock)
    {
        (this.path, this.limit, this.clock) = (path, limit, clock);
        http = new(new SocketsHttpHandler { ConnectCallback = ConnectAsync, ConnectTimeout = ConnectLimit, UseProxy = false })
        {
            BaseAddress = new($"http://engine/v{ApiVersion}/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Asks and reads the whole answer; null where the engine says 404 and that is an answer.</summary>
    public async Task<T?> ReadIfAnyAsync<T>(string what, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await AskAsync(HttpMethod.Get, what, null, type, cancellationToken);
        }
        catch (EngineRefusedException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<T> AskAsync<T>(HttpMethod method, string what, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var bytes = await SendAsync(method, what, content, limit, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new FailureException(Failure.Internal("VIM_ENGINE_ANSWER",
                $"The container engine answered {method} {PathOf(what)} with what is no {type.Type.Name}: {e.Message}", LocalContainersVim.AdapterName), e);
        }
    }

    /// <summary>Tells, and reads whatever is answered.</summary>
    public Task<byte[]> TellAsync(HttpMethod method, string what, HttpContent? content, CancellationToken cancellationToken, TimeSpan? beyond = null) =>
        SendAsync(method, what, content, limit + (beyond ?? TimeSpan.Zero), cancellationToken);

    /// <summary>Opens an answer that goes on; the first of it is bounded, the rest is as long as it is.</summary>
    public async Task<Stream> OpenAsync(string what, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = clock.CreateTimer(_ => Cancel(ending), null, limit, Timeout.InfiniteTimeSpan);
        var response = await GuardAsync(what, () => RequestAsync(HttpMethod.Get, what, null, ending.Token), cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>What a broken stream means.</summary>
    public FailureException Away(Exception cause) => new(VimFailures.CannotReach(LocalContainersVim.AdapterName,
        $"The container engine at {path} cannot be reached: {Why(cause.GetBaseException())}."), cause);

    public void Dispose() => http.Dispose();

    public static HttpContent Json<T>(T value, JsonTypeInfo<T> type) =>
        new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private async Task<byte[]> SendAsync(HttpMethod method, string what, HttpContent? content, TimeSpan within, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = clock.CreateTimer(_ => Cancel(ending), null, within, Timeout.InfiniteTimeSpan);
        return await GuardAsync(what, async () =>
        {
            using var response = await RequestAsync(method, what, content, ending.Token);
            return await response.Content.ReadAsByteArrayAsync(ending.Token);
        }, cancellationToken);
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string what, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, what) { Content = content };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
        {
            return response;
        }

        using (response)
        {
            throw new EngineRefusedException(response.StatusCode, MessageIn(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        }
    }

    private async Task<T> GuardAsync<T>(string what, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(VimFailures.CannotReach(LocalContainersVim.AdapterName,
                $"The container engine at {path} did not answer {PathOf(what)} in time; whether it did it is not known."), e);
        }
        catch (HttpRequestException e) when (FailureIn(e) is { } known)
        {
            throw new FailureException(known.Failure, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw Away(e);
        }
    }

    private static FailureException? FailureIn(Exception? e) => e is null or FailureException ? (FailureException?)e : FailureIn(e.InnerException);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
        {
            socket.Dispose();
            throw new FailureException(Failure.Forbidden("VIM_FORBIDDEN",
                $"This process may not open {path}, the container engine's socket; run it as root, or as a user whom the socket's group allows.", LocalContainersVim.AdapterName), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The system's own words for a socket that is not there are "Cannot assign requested address".
    private string Why(Exception cause) =>
        !File.Exists(path) ? "there is no such socket; the engine is not installed, does not run, or listens elsewhere"
        : cause is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "nobody listens on it; the engine does not run"
        : cause.Message.TrimEnd('.');

    private static string MessageIn(byte[] answer)
    {
        try
        {
            return JsonSerializer.Deserialize(answer, EngineJson.Default.EngineMessage)?.Message ?? "it gave no reason";
        }
        catch (JsonException)
        {
            return System.Text.Encoding.UTF8.GetString(answer, 0, Math.Min(answer.Length, 400));
        }
    }

    private static string PathOf(string what) => what.Split('?')[0];

    private static void Cancel(CancellationTokenSource ending)
    {
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer came at the same moment.
        }
    }
}
