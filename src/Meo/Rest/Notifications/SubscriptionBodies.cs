using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.Meo.Rest.Notifications;

/// <summary>The requests of MEC 010-2 that subscribe (clauses 6.2.2.12, 6.2.2.14, 6.2.2.27, 6.2.3.4): what each topic has beyond the callback is optional.</summary>
internal sealed record SubscriptionRequest
{
    public string? SubscriptionType { get; init; }

    /// <summary>As the file of 2021 spells it.</summary>
    public string? SubsctiptionType { get; init; }

    public string? CallbackUri { get; init; }

    /// <summary>One state, or a list of them: the text says a list, the files one.</summary>
    public JsonElement? AppInstanceState { get; init; }

    public InstanceFilterBody? AppInstanceSubscriptionFilter { get; init; }

    public OperationFilterBody? AppLcmOpOccSubscriptionFilter { get; init; }

    public IReadOnlyList<PackageSelector>? AppPkgFilter { get; init; }
}

/// <summary>MEC 010-2 AppInstanceSubscriptionFilter: a number (2026) or a name (2021) says what it selects by.</summary>
internal sealed record InstanceFilterBody(JsonElement? AppInstSelectorType, IReadOnlyList<string>? AppInstances, IReadOnlyList<ProviderSelector>? AppsFromProviders);

/// <summary>MEC 010-2 AppLcmOpOccSubscriptionFilter.</summary>
internal sealed record OperationFilterBody(InstanceFilterBody? AppInstanceSubscriptionFilter, JsonElement? OperationTypes, JsonElement? OperationStates);

/// <summary>A subscription as it is shown.</summary>
internal sealed record SubscriptionInfo
{
    public required string Id { get; init; }

    public required string SubscriptionType { get; init; }

    public required string CallbackUri { get; init; }

    [JsonPropertyName("_links")]
    public required SelfLinks Links { get; init; }

    public static SubscriptionInfo Of(Subscription subscription) => new()
    {
        Id = subscription.Id,
        SubscriptionType = subscription.Type,
        CallbackUri = subscription.CallbackUri,
        Links = new(Link.To(subscription.Url)),
    };
}

/// <summary>MEC 010-2 SubscriptionLinkList.</summary>
internal sealed record SubscriptionLinkList([property: JsonPropertyName("_links")] SubscriptionLinks Links);

/// <summary>Its links.</summary>
internal sealed record SubscriptionLinks(Link Self, IReadOnlyList<SubscriptionLink> Subscriptions);

/// <summary>One of them.</summary>
/// <param name="SubsctiptionType">The same, as the file of 2021 spells and requires it for packages; null elsewhere.</param>
internal sealed record SubscriptionLink(string Href, string SubscriptionType, string? SubsctiptionType);

/// <summary>What is sent: the notifications of MEC 010-2, of which each has its part of these attributes.</summary>
internal sealed record Notification
{
    /// <summary>One event told to several subscribers has one id.</summary>
    public required string Id { get; init; }

    public required string NotificationType { get; init; }

    public required string SubscriptionId { get; init; }

    public required TimeStamp TimeStamp { get; init; }

    public string? AppInstanceId { get; init; }

    public string? AppInstanceState { get; init; }

    public string? AppLcmOpOccId { get; init; }

    public string? OperationType { get; init; }

    public string? OperationState { get; init; }

    public string? AppPkgId { get; init; }

    public string? AppDId { get; init; }

    public string? OperationalState { get; init; }

    [JsonPropertyName("_links")]
    public required NotificationLinks Links { get; init; }
}

/// <summary>Its links.</summary>
internal sealed record NotificationLinks(Link Subscription, Link? AppInstance = null, Link? AppLcmOpOcc = null);
