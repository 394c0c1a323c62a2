using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Tells an application that it will be stopped or terminated: every WatchTermination stream, and every callback it
/// subscribed (MEC 011 AppTerminationNotification), with a bounded number of attempts.
/// </summary>
internal sealed class TerminationNotifier(TerminationWatchers watchers, CallbackPoster poster, Mp1Root root)
{
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

    private Task<bool> Post(ApplicationRecord record, TerminationSubscription subscription, TerminationNotice notice, CancellationToken cancel)
    {
        var application = $"{root()}{subscription.Root}/applications/{record.AppInstanceId}";
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new TerminationNotificationBody(
                "AppTerminationNotification",
                notice.Action,
                notice.TimeoutSeconds,
                new(new($"{application}/subscriptions/{subscription.Id}"), new($"{application}/confirm_termination"))),
            NotificationJson.Default.TerminationNotificationBody);
        return poster.Post(new(record.AppInstanceId, subscription.CallbackReference), body, cancel);
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
