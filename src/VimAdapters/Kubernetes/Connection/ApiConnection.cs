using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;

namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>
/// HTTP to one API server. Whatever keeps an answer from coming is UNAVAILABLE; what the server refuses is
/// <see cref="ApiRefusedException"/>; what it puts off (429) is asked again when it says; a token that was refused is read again once.
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(1);

    private readonly HttpClient http;
    private readonly ApiAccess access;
    private readonly TimeProvider clock;
    private readonly TimeSpan limit;
    private readonly string root;

    public ApiConnection(ApiAccess access, TimeSpan limit, TimeProvider clock)
    {
        (this.access, this.limit, this.clock) = (access, limit, clock);
        var dialer = new ApiDialer(access);
        // The dialer has the TLS in hand; to the handler the connection looks like a plain one.
        http = new(new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => dialer.ConnectAsync(cancellationToken),
            ConnectTimeout = ConnectLimit,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        root = $"http://{access.Server.Authority}{(access.Server.IsDefaultPort ? ":443" : "")}{access.Server.AbsolutePath.TrimEnd('/')}";
    }

    public ApiAccess Access => access;

    public TimeProvider Clock => clock;

    /// <summary>Asks and reads the whole answer.</summary>
    public async Task<T> AskAsync<T>(HttpMethod method, string what, ApiContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var bytes = await SendAsync(method, what, content, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new FailureException(Failure.Internal("VIM_API_ANSWER", $"The API server answered {method} {PathOf(what)} with what is no {type.Type.Name}: {e.Message}", KubernetesVim.AdapterName), e);
        }
    }

    /// <summary>Tells, and reads whatever is answered.</summary>
    public async Task<byte[]> SendAsync(HttpMethod method, string what, ApiContent? content, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = clock.CreateTimer(_ => Cancel(ending), null, limit, Timeout.InfiniteTimeSpan);
        return await GuardAsync(method, what, async () =>
        {
            using var response = await AnswerAsync(method, what, content, ending.Token);
            return await response.Content.ReadAsByteArrayAsync(ending.Token);
        }, cancellationToken);
    }

    /// <summary>Opens an answer that goes on, a watch or a log; the beginning of it is bounded, the rest is as long as it is.</summary>
    public async Task<Stream> OpenAsync(string what, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = clock.CreateTimer(_ => Cancel(ending), null, limit, Timeout.InfiniteTimeSpan);
        var response = await GuardAsync(HttpMethod.Get, what, () => AnswerAsync(HttpMethod.Get, what, null, ending.Token), cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <summary>What a broken connection means.</summary>
    public FailureException Away(Exception cause) => new(VimFailures.CannotReach(KubernetesVim.AdapterName,
        $"The API server at {access.Server} cannot be reached: {Why(cause)}."), cause);

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string what, ApiContent? content, CancellationToken cancellationToken)
    {
        var renewed = false;
        while (true)
        {
            var response = await RequestAsync(method, what, content, renewed, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                if (response.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    await Task.Delay(WaitOf(response), clock, cancellationToken);
                    continue;
                }

                if (response.StatusCode == HttpStatusCode.Unauthorized && !renewed && access.Token is { CanChange: true })
                {
                    renewed = true;
                    continue;
                }

                throw await RefusalAsync(response, $"{method} {PathOf(what)}", cancellationToken);
            }
        }
    }

    private async Task<HttpResponseMessage> RequestAsync(HttpMethod method, string what, ApiContent? content, bool renew, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, root + what) { Content = content?.ToHttp() };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.UserAgent.ParseAdd("mano");
        if (access.Token is { } token)
        {
            request.Headers.Authorization = new("Bearer", token.Read(renew));
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private static TimeSpan WaitOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { Delta: { } seconds } && seconds > TimeSpan.Zero ? seconds : UsualWait;

    private static async Task<ApiRefusedException> RefusalAsync(HttpResponseMessage response, string asked, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            if (JsonSerializer.Deserialize(body, KubeJson.Default.ApiStatus) is { Kind: "Status" } status)
            {
                return status.ToException(response.StatusCode, asked);
            }
        }
        catch (JsonException)
        {
            // A proxy's or a load balancer's page.
        }

        var text = System.Text.Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 400)).Trim();
        return new(response.StatusCode, "", text.Length == 0 ? "it gave no reason" : text, []) { Asked = asked };
    }

    private async Task<T> GuardAsync<T>(HttpMethod method, string what, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FailureException(VimFailures.CannotReach(KubernetesVim.AdapterName,
                string.Create(CultureInfo.InvariantCulture, $"The API server at {access.Server} did not answer {method} {PathOf(what)} within {limit.TotalSeconds} s; whether it did it is not known.")), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or AuthenticationException)
        {
            throw Away(e);
        }
    }

    private string Why(Exception cause)
    {
        for (var e = cause; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return access.Trust.Authority is null && !access.Trust.Insecure
                    ? $"TLS: {e.Message.TrimEnd('.')}; its certificate must be of {access.ExpectedName}, signed by an authority of this machine (or give certificate-authority-data)"
                    : $"TLS: {e.Message.TrimEnd('.')}; its certificate must be of {access.ExpectedName}, signed by the kubeconfig's authority";
            }

            if (e is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
            {
                return "nobody listens there";
            }
        }

        return cause.GetBaseException().Message.TrimEnd('.');
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

/// <summary>A body that can be sent again.</summary>
/// <param name="Bytes">The bytes.</param>
/// <param name="Type">Their media type.</param>
internal sealed record ApiContent(ReadOnlyMemory<byte> Bytes, string Type)
{
    public const string Json = "application/json";
    public const string Apply = "application/apply-patch+yaml";

    public HttpContent ToHttp() => new ReadOnlyMemoryContent(Bytes) { Headers = { ContentType = new MediaTypeHeaderValue(Type) } };
}
