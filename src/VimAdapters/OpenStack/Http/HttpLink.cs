using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>Requests over HTTP, with what all services have in common: timeouts, waiting when told to, errors, and no secret in any of them.</summary>
internal sealed class HttpLink : IDisposable
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(15);

    private readonly HttpClient http;
    private readonly CloudSettings settings;
    private readonly TimeSpan timeout;
    private readonly TimeProvider clock;

    public HttpLink(CloudSettings settings, OpenStackOptions options, TimeProvider clock)
    {
        (this.settings, timeout, this.clock) = (settings, options.CallTimeout, clock);
#pragma warning disable CA2000 // the client owns its handler
        http = new HttpClient(Handler(settings, options), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("mano", "1"));
    }

    /// <summary>Sends a request; waits and sends it again when the service says that it did nothing and when to come back.</summary>
    /// <exception cref="OpenStackRefusedException">It answered with an error.</exception>
    /// <exception cref="FailureException">It did not answer: UNAVAILABLE or DEADLINE_EXCEEDED, and it may have happened.</exception>
    public async Task<HttpAnswer> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var (answer, retryAfter) = await TrySendAsync(call, cancellationToken);
            if (retryAfter is { } pause && call.Content is null && clock.GetElapsedTime(started) + pause < timeout)
            {
                await Task.Delay(pause, clock, cancellationToken);
                continue;
            }

            return (int)answer.Status < 400 ? answer : throw Refused(call, answer);
        }
    }

    /// <summary>The answer's content.</summary>
    public static T Read<T>(HttpAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new FailureException(Failure.Internal("VIM_BAD_ANSWER",
                $"{answer.Call.Service} answered {answer.Call.Method} {answer.Call.Shown} with what cannot be read: {e.Message}", OpenStackVim.AdapterName), e);
        }
    }

    /// <summary>A text without our secrets.</summary>
    public string Shown(string text)
    {
        foreach (var secret in settings.Secrets)
        {
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        }

        return text;
    }

    public void Dispose() => http.Dispose();

    private async Task<(HttpAnswer Answer, TimeSpan? RetryAfter)> TrySendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(timeout + call.Beyond, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = Request(call);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            var body = await response.Content.ReadAsByteArrayAsync(both.Token);
            var headers = response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase);
            return (new(call, response.StatusCode, body, headers), PauseOf(call, response));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Not the caller's: our patience, or the handler's with a connection that does not come about.
            throw new FailureException(Failure.DeadlineExceeded("VIM_TIMEOUT", patience.IsCancellationRequested
                ? $"{call.Service} at {call.Address.Authority} did not answer {call.Method} {call.Shown} within {(timeout + call.Beyond).TotalSeconds} s."
                : $"{call.Service} at {call.Address.Authority} took no connection for {call.Method} {call.Shown} within {ConnectPatience.TotalSeconds} s.", OpenStackVim.AdapterName), e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException && e.GetBaseException() is not FailureException)
        {
            throw new FailureException(Failure.Unavailable(Contract.VimFailures.Unreachable,
                $"{call.Service} at {call.Address.Authority} cannot be reached for {call.Method} {call.Shown}: {Shown(Innermost(e))}", OpenStackVim.AdapterName), e);
        }
        catch (HttpRequestException e) when (e.GetBaseException() is FailureException cause)
        {
            throw new FailureException(cause.Failure, e);
        }
    }

    private static HttpRequestMessage Request(HttpCall call)
    {
        var request = new HttpRequestMessage(call.Method, call.Address) { Content = call.Content ?? (call.Json is { } json ? new ByteArrayContent(json) : null) };
        if (request.Content is { } content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue(call.ContentType);
        }

        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    /// <summary>How long to wait before the same again: only where nothing has been done, and the service names a time.</summary>
    private TimeSpan? PauseOf(HttpCall call, HttpResponseMessage response)
    {
        var isSafe = response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => true,
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.Conflict or HttpStatusCode.RequestEntityTooLarge => call.Method != HttpMethod.Post && response.Headers.RetryAfter is not null,
            _ => false,
        };
        var named = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - clock.GetUtcNow()) : null;
        return !isSafe ? null : named is { } pause && pause > TimeSpan.Zero ? pause : TimeSpan.FromSeconds(1);
    }

    private OpenStackRefusedException Refused(HttpCall call, HttpAnswer answer)
    {
        var (kind, sentence) = ErrorText.Of(Encoding.UTF8.GetString(answer.Body), answer.Status);
        return new(call.Service, $"{call.Method} {call.Shown}", answer.Status, kind, Shown(sentence),
            answer.Header("X-Openstack-Request-Id") ?? answer.Header("X-Compute-Request-Id") ?? "");
    }

    private static SocketsHttpHandler Handler(CloudSettings settings, OpenStackOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = options.Proxy is { Length: > 0 },
            Proxy = options.Proxy is { Length: > 0 } proxy ? new WebProxy(proxy) : null,
            AllowAutoRedirect = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = ConnectPatience,
        };
        if (settings.CaFile is { } file)
        {
            var believed = new X509Certificate2Collection();
            believed.ImportFromPemFile(file);
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(believed);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }

    private static string Innermost(Exception e)
    {
        var inner = e.GetBaseException();
        return inner == e ? e.Message : $"{e.Message} {inner.Message}";
    }
}
