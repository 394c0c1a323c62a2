using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.Mp1;

/// <summary>MEC 011 AppReadyConfirmation.</summary>
internal sealed record AppReadyConfirmation(string? Indication);

/// <summary>MEC 011 AppTerminationConfirmation.</summary>
internal sealed record AppTerminationConfirmation(OperationAction? OperationAction);

/// <summary>MEC 011 AppTerminationNotificationSubscription.</summary>
internal sealed record AppTerminationNotificationSubscription(
    string? SubscriptionType, string? CallbackReference, string? AppInstanceId, [property: JsonPropertyName("_links")] SelfLinks? Links = null)
{
    public const string Type = "AppTerminationNotificationSubscription";
}

/// <summary>MEC 011 SerAvailabilityNotificationSubscription.</summary>
internal sealed record SerAvailabilityNotificationSubscription(
    string? SubscriptionType, string? CallbackReference, FilteringCriteria? FilteringCriteria, [property: JsonPropertyName("_links")] SelfLinks? Links = null)
{
    public const string Type = "SerAvailabilityNotificationSubscription";
}

/// <summary>MEC 011 ServiceLivenessInfo.</summary>
internal sealed record ServiceLiveness(ServiceState State, TimeStamp TimeStamp, int Interval);

/// <summary>MEC 011 ServiceLivenessUpdate.</summary>
internal sealed record ServiceLivenessUpdate(ServiceState? State);

/// <summary>MEC 011 Self.</summary>
internal sealed record SelfLinks(Link Self);

/// <summary>MEC 011 LinkType.</summary>
internal sealed record Link(string Href);

/// <summary>MEC 011 MecAppSuptApiSubscriptionLinkList.</summary>
internal sealed record SubscriptionLinkList([property: JsonPropertyName("_links")] SubscriptionLinks Links);

/// <summary>Its links.</summary>
internal sealed record SubscriptionLinks(Link Self, IReadOnlyList<SubscriptionLink> Subscriptions);

/// <summary>One of them: <c>rel</c> is the older name of <c>subscriptionType</c> (v2.1.1); both are given.</summary>
internal sealed record SubscriptionLink(string Href, string Rel, string SubscriptionType);

/// <summary>MEC 011 TrafficRule.</summary>
internal sealed record TrafficRuleBody(
    string TrafficRuleId,
    FilterType FilterType,
    int Priority,
    IReadOnlyList<TrafficFilter> TrafficFilter,
    RuleAction Action,
    [property: JsonConverter(typeof(OneOrManyDestinations))] IReadOnlyList<RuleDestination>? DstInterface,
    RuleStateName State)
{
    public static TrafficRuleBody Of(TrafficRuleView view) => new(
        view.Rule.Id,
        view.Rule.FilterType,
        view.Rule.Priority,
        view.Rule.Filters,
        view.Rule.Action,
        view.Rule.Destinations.Count == 0 ? null : view.Rule.Destinations,
        view.IsActive ? RuleStateName.Active : RuleStateName.Inactive);
}

/// <summary>MEC 011 DnsRule.</summary>
internal sealed record DnsRuleBody(string DnsRuleId, string DomainName, IpAddressType IpAddressType, string IpAddress, uint? Ttl, RuleStateName State)
{
    public static DnsRuleBody Of(DnsRuleView view) => new(
        view.Rule.Id,
        view.Rule.DomainName,
        view.Rule.IpAddressType,
        view.Rule.IpAddress,
        view.Rule.TtlSeconds,
        view.IsActive ? RuleStateName.Active : RuleStateName.Inactive);
}

/// <summary>MEC 011 TrafficRule.state and DnsRule.state.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleStateName>))]
internal enum RuleStateName
{
    [JsonStringEnumMemberName("INACTIVE")] Inactive = 1,
    [JsonStringEnumMemberName("ACTIVE")] Active,
}

/// <summary>MEC 011 CurrentTime.</summary>
internal sealed record CurrentTime(uint Seconds, uint NanoSeconds, string TimeSourceStatus);

/// <summary>MEC 011 TimingCaps. The platform knows of no PTP masters.</summary>
internal sealed record TimingCaps(TimeStamp TimeStamp, IReadOnlyList<NtpServer> NtpServers, IReadOnlyList<NtpServer> PtpMasters);

/// <summary>MEC 011 TimingCaps.ntpServers: polling intervals in seconds as powers of two.</summary>
internal sealed record NtpServer(
    string NtpServerAddrType, string NtpServerAddr, int MinPollingInterval, int MaxPollingInterval, int LocalPriority, string AuthenticationOption, int AuthenticationKeyNum);

/// <summary>MEC 011 TimeStamp.</summary>
internal sealed record TimeStamp(uint Seconds, uint NanoSeconds);

/// <summary>The standard types <c>dstInterface</c> as one object and asks for two with DUPLICATE: one is written as an object, two as a list; both are read.</summary>
internal sealed class OneOrManyDestinations : JsonConverter<IReadOnlyList<RuleDestination>>
{
    public override IReadOnlyList<RuleDestination>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? JsonSerializer.Deserialize(ref reader, Mp1Json.Default.RuleDestinationArray)
            : [JsonSerializer.Deserialize(ref reader, Mp1Json.Default.RuleDestination)!];

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<RuleDestination> value, JsonSerializerOptions options)
    {
        if (value.Count == 1)
        {
            JsonSerializer.Serialize(writer, value[0], Mp1Json.Default.RuleDestination);
        }
        else
        {
            JsonSerializer.Serialize(writer, [.. value], Mp1Json.Default.RuleDestinationArray);
        }
    }
}

/// <summary>How Mp1's bodies are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AppReadyConfirmation))]
[JsonSerializable(typeof(AppInfo))]
[JsonSerializable(typeof(AppTerminationConfirmation))]
[JsonSerializable(typeof(AppTerminationNotificationSubscription))]
[JsonSerializable(typeof(SerAvailabilityNotificationSubscription))]
[JsonSerializable(typeof(ServiceLiveness))]
[JsonSerializable(typeof(ServiceLivenessUpdate))]
[JsonSerializable(typeof(SubscriptionLinkList))]
[JsonSerializable(typeof(TrafficRuleBody))]
[JsonSerializable(typeof(TrafficRuleBody[]))]
[JsonSerializable(typeof(DnsRuleBody))]
[JsonSerializable(typeof(DnsRuleBody[]))]
[JsonSerializable(typeof(RuleDestination))]
[JsonSerializable(typeof(RuleDestination[]))]
[JsonSerializable(typeof(CurrentTime))]
[JsonSerializable(typeof(TimingCaps))]
internal sealed partial class Mp1Json : JsonSerializerContext;

/// <summary>How rules are written and compared.</summary>
internal static class RuleJson
{
    private static readonly JsonSerializerOptions Sparse = MakeSparse();

    /// <summary>As <see cref="Mp1Json"/>, but without the filter fields that are not given: an empty list would read as "none matches".</summary>
    public static JsonTypeInfo<T> For<T>() => (JsonTypeInfo<T>)Sparse.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions MakeSparse()
    {
        var options = new JsonSerializerOptions(Mp1Json.Default.Options) { TypeInfoResolver = Mp1Json.Default.WithAddedModifier(SkipEmptyLists) };
        options.MakeReadOnly();
        return options;
    }

    private static void SkipEmptyLists(JsonTypeInfo type)
    {
        if (type.Type != typeof(TrafficFilter))
        {
            return;
        }

        foreach (var property in type.Properties.Where(p => p.PropertyType == typeof(IReadOnlyList<string>)))
        {
            property.ShouldSerialize = static (_, value) => value is IReadOnlyList<string> { Count: > 0 };
        }
    }
}
