using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Posts notifications, to each subscriber in its own queue and at its own pace: one that does not answer loses its own, after a
/// bounded number of attempts, and holds up nobody else.
/// </summary>
internal sealed class Deliveries : IDisposable
{
    private readonly ConcurrentDictionary<string, Subscriber> subscribers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private readonly RestOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger<Deliveries> logger;

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    public Deliveries(RestOptions options, TimeProvider clock, ILogger<Deliveries> logger) => (this.options, this.clock, this.logger) = (options, clock, logger);

    /// <summary>Puts it into the subscriber's queue; what has waited longest makes room.</summary>
    public void Send(Subscription subscription, Notification notification) =>
        subscribers.GetOrAdd(subscription.Id, _ => new(this, subscription)).Queue.Writer.TryWrite(notification);

    /// <summary>Nothing more is sent to it.</summary>
    public void End(string subscriptionId)
    {
        if (subscribers.TryRemove(subscriptionId, out var subscriber))
        {
            subscriber.Queue.Writer.TryComplete();
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        http.Dispose();
    }

    private async Task Deliver(Subscription subscription, ChannelReader<Notification> queue)
    {
        try
        {
            await foreach (var notification in queue.ReadAllAsync(stop.Token))
            {
                if (!subscribers.ContainsKey(subscription.Id))
                {
                    return;
                }

                await Post(subscription, notification);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private async Task Post(Subscription subscription, Notification notification)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notification, RestJson.Default.Notification);
        for (var attempt = 1; ; attempt++)
        {
            var problem = await PostOnce(subscription.CallbackUri, body);
            if (problem is null)
            {
                return;
            }

            if (attempt == options.NotificationAttempts)
            {
                Log.NotificationNotTaken(logger, notification.NotificationType, subscription.Id, subscription.CallbackUri, attempt, problem);
                return;
            }

            await Task.Delay(options.NotificationPause * (1 << (attempt - 1)), clock, stop.Token);
        }
    }

    /// <summary>Null if it was taken, else why not.</summary>
    private async Task<string?> PostOnce(string callback, byte[] body)
    {
        using var timeout = new CancellationTokenSource(options.NotificationTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, callback)
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
            };
            using var response = await http.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}; 204 was expected";
        }
        catch (HttpRequestException failed)
        {
            return failed.Message;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"no answer within {options.NotificationTimeout.TotalSeconds} s";
        }
    }

    /// <summary>A queue and whoever empties it.</summary>
    private sealed class Subscriber
    {
        private const int MostWaiting = 1000;

        public Subscriber(Deliveries deliveries, Subscription subscription) => _ = deliveries.Deliver(subscription, Queue.Reader);

        public Channel<Notification> Queue { get; } =
            Channel.CreateBounded<Notification>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    }
}
