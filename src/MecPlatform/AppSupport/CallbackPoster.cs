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
internal sealed record CallbackTarget(string AppInstanceId, string CallbackReference);

/// <summary>
/// Posts notifications to callbacks, with a bounded number of attempts, and only to where callbacks may lead: an
/// application must not make the platform call whom it likes (docs/theory/mp1.md).
/// </summary>
internal sealed class CallbackPoster : IDisposable
{
    /// <summary>Every notification carries this header; Mp1 refuses requests that do, so that a callback to a platform achieves nothing there.</summary>
    public const string Mark = "Mano-Notification";

    private const int MaxCallback = 2048;
    private static readonly HttpRequestOptionsKey<string> Instance = new("app-instance-id");
    private readonly AppSupportOptions options;
    private readonly InstanceAddresses addresses;
    private readonly ILogger<CallbackPoster> log;
    private readonly ResiliencePipeline attempts;
    private readonly HttpMessageInvoker http;
    private long taken;
    private long failed;

    public CallbackPoster(AppSupportOptions options, InstanceAddresses addresses, TimeProvider clock, ILogger<CallbackPoster> log)
    {
        (this.options, this.addresses, this.log) = (options, addresses, log);
        attempts = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(MayPass).Handle<Polly.Timeout.TimeoutRejectedException>(),
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

    /// <summary>Notifications that were taken, since the process started.</summary>
    public long TakenTotal => Interlocked.Read(ref taken);

    /// <summary>Notifications that were given up after all attempts.</summary>
    public long FailedTotal => Interlocked.Read(ref failed);

    /// <exception cref="FailureException">That is not a URI that could be called, or names an address that must not be.</exception>
    public void Require(string callback, string appInstanceId)
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

        // A name is looked up when it is called: it could lead elsewhere by then.
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !MayLeadTo(address, appInstanceId))
        {
            throw Failure.InvalidInput(
                "BAD_CALLBACK",
                $"callbackReference '{callback}' leads to {address}, which is neither the instance's own address nor in a network that callbacks may lead to ({string.Join(", ", options.CallbackNetworks)}).").ToException();
        }
    }

    /// <summary>Whether it was taken; why not is in the log.</summary>
    public async Task<bool> Post(CallbackTarget target, byte[] body, CancellationToken cancel)
    {
        try
        {
            await attempts.ExecuteAsync(async token => await PostOnce(target, body, token), cancel);
            Interlocked.Increment(ref taken);
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false; // nobody wants it told any more
        }
        catch (Exception gaveUp) when (gaveUp is HttpRequestException or Polly.Timeout.TimeoutRejectedException)
        {
            Interlocked.Increment(ref failed);
            AppSupportLog.CallbackFailed(log, target.AppInstanceId, target.CallbackReference, gaveUp.Message);
            return false;
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Whether the same request may succeed a moment later: a client error other than "too early" stays one.</summary>
    private static bool MayPass(HttpRequestException refused) => refused.StatusCode is null or >= HttpStatusCode.InternalServerError
        or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    /// <summary>Sends it once. Of the answer only the head is read: a subscriber can neither stall nor flood the platform with a body.</summary>
    private async Task PostOnce(CallbackTarget target, byte[] body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.CallbackReference)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.Add(Mark, "1");
        request.Options.Set(Instance, target.AppInstanceId);
        using var response = await http.SendAsync(request, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"answered {(int)response.StatusCode}; 204 was expected", null, response.StatusCode);
        }
    }

    /// <summary>Connects only where callbacks may lead, looking at the resolved address: a name could lead anywhere.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        context.InitialRequestMessage.Options.TryGetValue(Instance, out var instance);
        IPAddress[] found;
        try
        {
            found = await System.Net.Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        }
        catch (SocketException unknown)
        {
            throw new HttpRequestException(unknown.Message, unknown);
        }

        var target = Array.Find(found, a => MayLeadTo(a, instance ?? string.Empty))
            ?? throw new HttpRequestException($"{context.DnsEndPoint.Host} is not in a network that callbacks may lead to", null, HttpStatusCode.Forbidden);
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

    private bool MayLeadTo(IPAddress address, string appInstanceId)
    {
        var plain = InstanceAddresses.Plain(address);
        return plain.Equals(addresses.Of(appInstanceId)) || options.CallbackNetworks.Any(n => n.Contains(plain));
    }
}
