using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Mano.Mesh.Failures;
using Polly;
using Polly.Retry;

namespace Mano.MecPlatform.AppSupport;

/// <summary>Where a notification goes.</summary>
/// <param name="AppInstanceId">Whose callback; named in the log.</param>
/// <param name="CallbackReference">An http or https URI.</param>
/// <param name="InstanceAddress">The instance's own address, where its callback may be in any case; null if not known.</param>
internal sealed record CallbackTarget(string AppInstanceId, string CallbackReference, string? InstanceAddress = null);

/// <summary>
/// Posts notifications to callbacks, with a bounded number of attempts, and only to where callbacks may lead: an
/// application must not make the platform call whom it likes.
/// </summary>
internal sealed class CallbackPoster : IDisposable
{
    private const int MaxCallback = 2048;
    private static readonly HttpRequestOptionsKey<string> InstanceAddress = new("instance-address");
    private readonly AppSupportOptions options;
    private readonly ILogger<CallbackPoster> log;
    private readonly ResiliencePipeline attempts;
    private readonly HttpMessageInvoker http;

    public CallbackPoster(AppSupportOptions options, TimeProvider clock, ILogger<CallbackPoster> log)
    {
        (this.options, this.log) = (options, log);
        attempts = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<Polly.Timeout.TimeoutRejectedException>(),
                MaxRetryAttempts = Math.Max(1, options.CallbackAttempts - 1),
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
            })
            .AddTimeout(options.CallbackTimeout)
            .Build();
        http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a redirect could lead out of the networks that are allowed
            UseProxy = false,
            UseCookies = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = Connect,
        });
    }

    /// <exception cref="FailureException">That is not a URI that could be called.</exception>
    public static void Require(string callback)
    {
        if (callback.Length > MaxCallback
            || !Uri.TryCreate(callback, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.UserInfo.Length > 0)
        {
            throw Failure.InvalidInput(
                "BAD_CALLBACK",
                $"callbackReference '{(callback.Length > MaxCallback ? "…" : callback)}' cannot be called: an absolute http or https URI without credentials, of at most {MaxCallback} characters, can.").ToException();
        }
    }

    /// <summary>Whether it was taken; why not is in the log.</summary>
    public async Task<bool> Post(CallbackTarget target, byte[] body, CancellationToken cancel)
    {
        try
        {
            await attempts.ExecuteAsync(async token => await PostOnce(target, body, token), cancel);
            return true;
        }
        catch (Exception failed) when (failed is HttpRequestException or Polly.Timeout.TimeoutRejectedException or OperationCanceledException)
        {
            AppSupportLog.CallbackFailed(log, target.AppInstanceId, target.CallbackReference, failed.Message);
            return false;
        }
    }

    public void Dispose() => http.Dispose();

    private async Task PostOnce(CallbackTarget target, byte[] body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.CallbackReference)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (target.InstanceAddress is { } address)
        {
            request.Options.Set(InstanceAddress, address);
        }

        using var response = await http.SendAsync(request, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"answered {(int)response.StatusCode}; 204 was expected");
        }
    }

    /// <summary>Connects only where callbacks may lead, looking at the resolved address: a name could lead anywhere.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        context.InitialRequestMessage.Options.TryGetValue(InstanceAddress, out var own);
        IPAddress[] found;
        try
        {
            found = await System.Net.Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        }
        catch (SocketException unknown)
        {
            throw new HttpRequestException(unknown.Message, unknown);
        }

        var target = Array.Find(found, a => a.ToString() == own || options.CallbackNetworks.Any(n => n.Contains(a)))
            ?? throw new HttpRequestException($"{context.DnsEndPoint.Host} is not in a network that callbacks may lead to");
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(target, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
