using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Polly;
using Polly.Retry;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Tells an application that it will be stopped or terminated: every WatchTermination stream, and every callback it
/// subscribed (MEC 011 AppTerminationNotification), with a bounded number of attempts.
/// </summary>
internal sealed class TerminationNotifier : IDisposable
{
    private readonly TerminationWatchers watchers;
    private readonly AppSupportOptions options;
    private readonly Mp1Root root;
    private readonly ILogger<TerminationNotifier> log;
    private readonly ResiliencePipeline attempts;
    private readonly HttpMessageInvoker http;

    public TerminationNotifier(
        TerminationWatchers watchers, AppSupportOptions options, Mp1Root root, TimeProvider clock, ILogger<TerminationNotifier> log)
    {
        (this.watchers, this.options, this.root, this.log) = (watchers, options, root, log);
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

    private static readonly HttpRequestOptionsKey<string> InstanceAddress = new("instance-address");

    public bool SomebodyListens(ApplicationRecord record) => record.Subscriptions.Count > 0 || watchers.Has(record.AppInstanceId);

    /// <summary>
    /// Says whether the application may know. It does not when every callback failed. A stream that is gone by now may
    /// have carried the notice before the platform was restarted, and its application opens another: it is waited for.
    /// </summary>
    public async Task<bool> Notify(ApplicationRecord record, TimeSpan timeout, CancellationToken cancel)
    {
        var notice = new TerminationNotice(record.Drain!.Action, (uint)Math.Max(1, Math.Ceiling(timeout.TotalSeconds)));
        var told = watchers.Tell(record.AppInstanceId, notice);
        var posted = await Task.WhenAll(record.Subscriptions.Select(s => Post(record, s, notice, cancel)));
        return told || posted.Length == 0 || posted.Contains(true);
    }

    public void Dispose() => http.Dispose();

    private async Task<bool> Post(ApplicationRecord record, TerminationSubscription subscription, TerminationNotice notice, CancellationToken cancel)
    {
        var application = $"{root()}{subscription.Root}/applications/{record.AppInstanceId}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TerminationNotificationBody(
                "AppTerminationNotification",
                notice.Action,
                notice.TimeoutSeconds,
                new(new($"{application}/subscriptions/{subscription.Id}"), new($"{application}/confirm_termination"))),
            NotificationJson.Default.TerminationNotificationBody);
        try
        {
            await attempts.ExecuteAsync(async token => await PostOnce(subscription, record, body, token), cancel);
            return true;
        }
        catch (Exception failed) when (failed is HttpRequestException or Polly.Timeout.TimeoutRejectedException or OperationCanceledException)
        {
            AppSupportLog.CallbackFailed(log, record.AppInstanceId, subscription.CallbackReference, failed.Message);
            return false;
        }
    }

    private async Task PostOnce(TerminationSubscription subscription, ApplicationRecord record, byte[] body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, subscription.CallbackReference)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (record.Endpoint is { } endpoint)
        {
            request.Options.Set(InstanceAddress, endpoint.Address);
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

/// <summary>Where Mp1 is reached: <c>http://127.0.0.1:7414</c>.</summary>
internal delegate string Mp1Root();

/// <summary>MEC 011 AppTerminationNotification.</summary>
internal sealed record TerminationNotificationBody(
    string NotificationType, OperationAction OperationAction, uint MaxGracefulTimeout, [property: JsonPropertyName("_links")] TerminationNotificationLinks Links);

/// <summary>Its links.</summary>
internal sealed record TerminationNotificationLinks(NotificationLink Subscription, NotificationLink ConfirmTermination);

/// <summary>MEC 011 LinkType.</summary>
internal sealed record NotificationLink(string Href);

/// <summary>How notifications are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TerminationNotificationBody))]
internal sealed partial class NotificationJson : JsonSerializerContext;
