using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>
/// Who wants to hear of services, each with a queue and a sender of its own: a subscriber that is slow or dead delays
/// nobody else. A full queue loses its oldest notices, which is logged; the subscriber asks /services for the truth.
/// </summary>
internal sealed class ServiceSubscriptions(
    ServiceStore store, RegisteredServices services, CallbackPoster poster, Mp1Root root, IIdSource ids, ILogger<ServiceSubscriptions> log) : IAsyncDisposable
{
    private const int MostOfOne = 32;
    private const int QueueLength = 256;
    private readonly ConcurrentDictionary<string, Subscriber> subscribers = new(StringComparer.Ordinal);
    private long dropped;

    /// <summary>Notices that were dropped from a full queue, since the process started.</summary>
    public long DroppedTotal => Interlocked.Read(ref dropped);

    public void Load(IEnumerable<ServiceSubscription> stored)
    {
        foreach (var subscription in stored)
        {
            Start(subscription);
        }

        services.Changed += Tell;
    }

    public IEnumerable<ServiceSubscription> Of(string appInstanceId) =>
        subscribers.Values.Select(s => s.Subscription).Where(s => s.AppInstanceId == appInstanceId).OrderBy(s => s.Id, StringComparer.Ordinal);

    /// <summary>Every instance that has a subscription; some more than once.</summary>
    public IEnumerable<string> Owners => subscribers.Values.Select(s => s.Subscription.AppInstanceId);

    public ServiceSubscription Require(string appInstanceId, string id) =>
        subscribers.TryGetValue(id, out var found) && found.Subscription.AppInstanceId == appInstanceId
            ? found.Subscription
            : throw Failure.NotFound("SUBSCRIPTION_UNKNOWN", $"Instance {appInstanceId} has no subscription {id}.", "app-instance/" + appInstanceId).ToException();

    public async Task<ServiceSubscription> Subscribe(string appInstanceId, string tenant, string callback, FilteringCriteria? filter)
    {
        if (Of(appInstanceId).Count() >= MostOfOne)
        {
            throw Failure.NoCapacity("TOO_MANY_SUBSCRIPTIONS", $"The instance has {MostOfOne} subscriptions, as many as it may; delete one first.", "app-instance/" + appInstanceId).ToException();
        }

        filter?.Require();
        poster.Require(callback, appInstanceId);
        var subscription = new ServiceSubscription(ids.NewId(), appInstanceId, tenant, callback, filter);
        await store.Save(subscription);
        Start(subscription);
        return subscription;
    }

    public async Task Unsubscribe(ServiceSubscription subscription)
    {
        await store.Delete([], [subscription]);
        if (subscribers.TryRemove(subscription.Id, out var gone))
        {
            await gone.Stop();
        }
    }

    /// <summary>The instance is removed, and nobody is there to be told.</summary>
    public async Task RemoveAllOf(string appInstanceId)
    {
        foreach (var subscription in Of(appInstanceId).ToList())
        {
            await Unsubscribe(subscription);
        }
    }

    public async ValueTask DisposeAsync()
    {
        services.Changed -= Tell;
        await Task.WhenAll(subscribers.Values.Select(s => s.Stop()));
    }

    private void Start(ServiceSubscription subscription)
    {
        var queue = Channel.CreateBounded<ServiceEvent>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ =>
            {
                Interlocked.Increment(ref dropped);
                ServiceLog.NoticeLost(log, subscription.Id, subscription.AppInstanceId);
            });
        var stop = new CancellationTokenSource();
        subscribers[subscription.Id] = new(subscription, queue, stop, Send(subscription, queue.Reader, stop.Token));
    }

    private void Tell(ServiceEvent happened)
    {
        foreach (var subscriber in subscribers.Values.Where(s => s.Subscription.Filter?.Matches(happened.Registration.Service) != false))
        {
            subscriber.Queue.Writer.TryWrite(happened);
        }
    }

    private async Task Send(ServiceSubscription subscription, ChannelReader<ServiceEvent> queue, CancellationToken stop)
    {
        var target = new CallbackTarget(subscription.AppInstanceId, subscription.CallbackReference);
        try
        {
            await foreach (var first in queue.ReadAllAsync(stop))
            {
                var together = new List<ServiceEvent> { first };
                while (together.Count < QueueLength && queue.TryRead(out var more))
                {
                    together.Add(more);
                }

                await poster.Post(target, JsonSerializer.SerializeToUtf8Bytes(Notice(subscription, together), ServiceNoticeJson.Default.ServiceAvailabilityNotification), stop);
            }
        }
        catch (OperationCanceledException)
        {
            // nobody is subscribed any more, or the platform stops
        }
    }

    private ServiceAvailabilityNotification Notice(ServiceSubscription subscription, IEnumerable<ServiceEvent> happened)
    {
        var api = $"{root()}/mec_service_mgmt/v1";
        var self = $"{api}/applications/{subscription.AppInstanceId}/subscriptions/{subscription.Id}";
        return new("SerAvailabilityNotification", [.. happened.Select(e => new ServiceReference(
            e.Change == ServiceChange.Removed ? null : new($"{api}/services/{e.Registration.Id}"),
            e.Registration.Service.SerName!,
            e.Registration.Id,
            e.Registration.Service.State!.Value,
            e.Change))], new(new(self)));
    }

    private sealed record Subscriber(ServiceSubscription Subscription, Channel<ServiceEvent> Queue, CancellationTokenSource Stopping, Task Sending)
    {
        /// <summary>Ends the attempt under way, too.</summary>
        public async Task Stop()
        {
            await Stopping.CancelAsync();
            await Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Stopping.Dispose();
        }
    }
}

/// <summary>MEC 011 ServiceAvailabilityNotification.</summary>
internal sealed record ServiceAvailabilityNotification(
    string NotificationType, IReadOnlyList<ServiceReference> ServiceReferences, [property: JsonPropertyName("_links")] NoticeLinks Links);

/// <summary>One service of it.</summary>
internal sealed record ServiceReference(
    ServiceLink? Link, string SerName, string SerInstanceId, ServiceState State, [property: JsonConverter(typeof(JsonStringEnumConverter<ServiceChange>))] ServiceChange ChangeType);

/// <summary>Its links.</summary>
internal sealed record NoticeLinks(ServiceLink Subscription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServiceAvailabilityNotification))]
internal sealed partial class ServiceNoticeJson : JsonSerializerContext;

/// <summary>What the registry says; ids 6400 to 6499.</summary>
internal static partial class ServiceLog
{
    [LoggerMessage(6400, LogLevel.Warning, "Subscription {SubscriptionId} of instance {AppInstanceId} is too slow: its oldest notice was dropped.")]
    public static partial void NoticeLost(ILogger log, string subscriptionId, string appInstanceId);
}
