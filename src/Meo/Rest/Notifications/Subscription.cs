using System.Text.Json.Serialization;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;

namespace Mano.Meo.Rest.Notifications;

/// <summary>What is told of.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Topic>))]
internal enum Topic
{
    InstanceState,
    OperationState,
    InstanceCreated,
    InstanceDeleted,
    PackageOnboarded,
    PackageChanged,
    PackageDeleted,
}

/// <summary>Somebody who wants to be told. Stored under <c>subscription/{tenant}/{api}/{id}</c>.</summary>
internal sealed record Subscription
{
    public required string Id { get; init; }

    /// <summary><c>app_lcm</c> or <c>app_pkgm</c>.</summary>
    public required string Api { get; init; }

    public required Topic Topic { get; init; }

    /// <summary>The topic as the subscriber spelled it: the years of the standard differ.</summary>
    public required string Type { get; init; }

    public required string CallbackUri { get; init; }

    /// <summary>Where the subscriber reaches us: <c>http://host:port</c>; links in notifications begin with it.</summary>
    public required string Origin { get; init; }

    public required SubscriptionFilter Filter { get; init; }

    /// <summary>Its resource.</summary>
    [JsonIgnore]
    public string Url => $"{Origin}/{Api}/v1/subscriptions/{Id}";
}

/// <summary>What of a topic is told; an empty list lets everything pass.</summary>
internal sealed record SubscriptionFilter
{
    public IReadOnlyList<string> InstanceStates { get; init; } = [];

    public IReadOnlyList<string> OperationTypes { get; init; } = [];

    public IReadOnlyList<string> OperationStates { get; init; } = [];

    public InstanceSelector? Instances { get; init; }

    public IReadOnlyList<PackageSelector> Packages { get; init; } = [];
}

/// <summary>The subscriptions of all replicas.</summary>
internal sealed class Subscriptions(IStateStore store, IIdSource ids)
{
    public const string Prefix = "subscription/";

    /// <summary>More are refused: each one is told by itself.</summary>
    public const int Most = 1000;

    public async Task<Outcome<Subscription>> Add(Subscription wanted, FirstUse use, CancellationToken cancel)
    {
        if ((await List(wanted.Api, null, Most, cancel)).Items.Count >= Most)
        {
            return Failure.NoCapacity("TOO_MANY_SUBSCRIPTIONS", $"There are {Most} subscriptions; delete those that nobody needs.", "subscriptions");
        }

        var made = wanted with { Id = ids.NewId() };
        var batch = new Batch().Put(Key(made.Api, made.Id), made, SubscriptionJson.Default.Subscription, Batch.MustNotExist);
        var result = await store.Commit(use.Remember(batch, made.Id), cancel);
        return result.IsCommitted ? made : result.ToFailure()!;
    }

    public async Task<Outcome<Subscription>> Get(string api, string id, CancellationToken cancel) =>
        IsId(id) && await store.Get(Key(api, id), SubscriptionJson.Default.Subscription, cancel) is { } found ? found.Value : NotFound(id);

    public async Task<Paged<Subscription>> List(string api, string? after, int size, CancellationToken cancel)
    {
        var page = await store.Scan(Key(api, ""), after is null ? null : Key(api, after), size, cancel);
        var all = page.Entries.Select(e => e.As(SubscriptionJson.Default.Subscription).Value).ToList();
        return new(all, page.HasMore ? all[^1].Id : "");
    }

    /// <summary>Every one, of both APIs, as of now.</summary>
    public async Task<IReadOnlyList<Stored<Subscription>>> All(CancellationToken cancel)
    {
        var all = new List<Stored<Subscription>>();
        for (string? after = null; ;)
        {
            var page = await store.Scan(Prefix, after, cancel: cancel);
            all.AddRange(page.Entries.Select(e => e.As(SubscriptionJson.Default.Subscription)));
            if (!page.HasMore)
            {
                return all;
            }

            after = page.Entries[^1].Key;
        }
    }

    /// <summary>Where it wants to be told, whichever API it is of; null if it is gone.</summary>
    public async Task<string?> CallbackOf(string id, CancellationToken cancel) =>
        (await store.Get(Key(SubscriptionRules.Lcm, id), SubscriptionJson.Default.Subscription, cancel)
        ?? await store.Get(Key(SubscriptionRules.Pkgm, id), SubscriptionJson.Default.Subscription, cancel))?.Value.CallbackUri;

    public async Task<Outcome<bool>> Remove(string api, string id, CancellationToken cancel)
    {
        if (!IsId(id) || await store.Get(Key(api, id), SubscriptionJson.Default.Subscription, cancel) is not { } found)
        {
            return NotFound(id);
        }

        var result = await store.Commit(new Batch().Delete(found.Key, found.Version), cancel);
        return result.IsCommitted ? true : NotFound(id);
    }

    private static string Key(string api, string id) => $"{Prefix}{Tenants.Default}/{api}/{id}";

    private static bool IsId(string id) => id.Length is > 0 and <= 128 && !id.AsSpan().ContainsAnyExceptInRange('!', '~') && !id.Contains('/', StringComparison.Ordinal);

    private static Failure NotFound(string id) => Failure.NotFound(
        "SUBSCRIPTION_NOT_FOUND", $"There is no subscription '{id}'; list the subscriptions to see which there are.", "subscription/" + id);
}

[JsonSerializable(typeof(Subscription))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class SubscriptionJson : JsonSerializerContext;
