using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text.Json;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Rest.Notifications;

/// <summary>
/// Posts the notices that wait, to each subscriber in its own order and at its own pace: one that does not answer holds up nobody else. What is not taken
/// is sent again, with longer and longer pauses, until its time is over; then it is dropped, and that is an alarm. What was taken is taken out of the store.
/// </summary>
internal sealed class Deliveries : IDisposable
{
    private readonly ConcurrentDictionary<string, Subscriber> subscribers = new(StringComparer.Ordinal);
    private readonly RestOptions options;
    private readonly Notices notices;
    private readonly TimeProvider clock;
    private readonly ILogger<Deliveries> logger;
    private readonly HttpMessageInvoker http;
    private CancellationTokenSource duty = new();

    public Deliveries(RestOptions options, CallbackPolicy callbacks, Notices notices, TimeProvider clock, ILogger<Deliveries> logger) =>
        (this.options, this.notices, this.clock, this.logger, http) = (options, notices, clock, logger, new(callbacks.Handler()));

    /// <summary>Takes up what waits in the store; returns the highest number that was given.</summary>
    public async Task<long> Resume(CancellationToken cancel)
    {
        duty.Dispose();
        duty = new();
        var highest = 0L;
        var waiting = new List<(string Id, string Key, Notice Notice)>();
        await notices.ReadAll(
            Notices.Waiting,
            entry =>
            {
                var parts = entry.Key.Split('/');
                waiting.Add((parts[^2], entry.Key, entry.As(NoticeJson.Default.Notice).Value));
                highest = Math.Max(highest, long.Parse(parts[^1], System.Globalization.CultureInfo.InvariantCulture));
            },
            cancel);
        waiting.ForEach(w => Queue(w.Id).Add(w.Key, w.Notice));
        return highest;
    }

    /// <summary>A stored notice; its subscriber's address is the subscription's.</summary>
    public void Send(Subscription subscription, string key, Notice notice) => Queue(subscription.Id).Add(key, notice);

    /// <summary>Somebody else delivers now.</summary>
    public void Pause()
    {
        duty.Cancel();
        subscribers.Clear();
    }

    public void Dispose()
    {
        duty.Cancel();
        duty.Dispose();
        http.Dispose();
    }

    private Subscriber Queue(string subscriptionId) => subscribers.GetOrAdd(subscriptionId, id => new(this, id, duty.Token));

    /// <summary>Null if it was taken, else why not.</summary>
    private async Task<string?> Post(string callback, Notification notification, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(options.NotificationTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, callback)
            {
                Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(notification, RestJson.Default.Notification))
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
                },
            };
            using var response = await http.SendAsync(request, either.Token);
            return response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}; 204 was expected";
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

    /// <summary>What waits for one subscriber, and whoever sends it.</summary>
    private sealed class Subscriber(Deliveries deliveries, string id, CancellationToken stop)
    {
        private readonly Lock gate = new();
        private readonly Queue<(string Key, Notice Notice)> waiting = new();
        private bool isSending;

        public void Add(string key, Notice notice)
        {
            lock (gate)
            {
                waiting.Enqueue((key, notice));
                if (isSending)
                {
                    return;
                }

                isSending = true;
            }

            _ = Send();
        }

        private async Task Send()
        {
            try
            {
                var pause = deliveries.options.NotificationPause;
                for (var attempt = 1; Head() is { } head; attempt++)
                {
                    if (await TryOnce(head.Key, head.Notice, attempt))
                    {
                        (pause, attempt) = (deliveries.options.NotificationPause, 0);
                        continue;
                    }

                    await Task.Delay(pause, deliveries.clock, stop);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, deliveries.options.NotificationLongestPause.Ticks));
                }
            }
            catch (OperationCanceledException)
            {
                // The duty ends: whoever tells next finds what is left.
            }
        }

        /// <summary>Whether it is done with: taken, or nobody wants it any more, or given up.</summary>
        private async Task<bool> TryOnce(string key, Notice notice, int attempt)
        {
            try
            {
                var why = await deliveries.notices.CallbackOf(id, stop) is { } callback ? await deliveries.Post(callback, notice.Notification, stop) : null;
                if (why is not null && !IsOver(notice, why, attempt))
                {
                    return false;
                }

                await deliveries.notices.Remove(key, stop);
                Next();
                return true;
            }
            catch (FailureException)
            {
                return false; // the store is away; what was taken may be sent once more
            }
        }

        /// <summary>Too old, or too many behind it.</summary>
        private bool IsOver(Notice notice, string why, int attempt)
        {
            int behind;
            lock (gate)
            {
                behind = waiting.Count;
            }

            var over = deliveries.clock.GetUtcNow() - notice.At > deliveries.options.KeepNotifications || behind > deliveries.options.MostNotifications;
            if (over)
            {
                Log.NotificationDropped(deliveries.logger, notice.Notification.NotificationType, id, attempt, notice.At, behind, why);
            }

            return over;
        }

        private (string Key, Notice Notice)? Head()
        {
            lock (gate)
            {
                isSending = waiting.Count > 0;
                return isSending ? waiting.Peek() : null;
            }
        }

        private void Next()
        {
            lock (gate)
            {
                waiting.Dequeue();
            }
        }
    }
}
