using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Pruning;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Northbound;

/// <summary>An idempotency key as it came, with the digest of the request it came with.</summary>
/// <param name="Tenant">Whose.</param>
/// <param name="Text">1 to 128 printable ASCII characters.</param>
/// <param name="Digest">SHA-256 of the method's name and the request, in hexadecimal.</param>
internal sealed record IdempotencyKey(string Tenant, string Text, string Digest)
{
    /// <summary>Where it is remembered; escaped, since a key may hold spaces.</summary>
    public string StoreKey => $"{IdempotencyKeys.Prefix}{Tenant}/{Uri.EscapeDataString(Text)}";
}

/// <summary>What a key was used for.</summary>
/// <param name="Digest">Of the request.</param>
/// <param name="Subject">Id of what that request made: an operation, an instance; empty if it made nothing.</param>
/// <param name="Time">When.</param>
/// <param name="Made">The thing as it was made, in JSON, for the answer when it is gone by then; null where no answer needs it.</param>
internal sealed record RememberedRequest(string Digest, string Subject, DateTimeOffset Time, string? Made = null)
{
    /// <summary>The thing as it was made, if that was written down.</summary>
    public T? AsMade<T>(JsonTypeInfo<T> type)
        where T : class => Made is null ? null : JsonSerializer.Deserialize(Made, type);
}

/// <summary>
/// Makes mutating calls repeatable: the key, the digest of the request and the id of what it made are written in the
/// very commit that makes it. The same key and request then lead to that thing again; another request is refused.
/// </summary>
internal sealed class IdempotencyKeys(IStateStore store, TimeProvider clock, IdempotencyOptions options)
{
    public const string Prefix = "idem/";

    private readonly KeyedTurns turns = new();
    private readonly SlowWalk walk = new(store, Prefix, options.KeptFor);

    /// <summary>
    /// Runs <paramref name="first"/> if the key is new (or there is none), giving it what to add to its commit; else
    /// answers <paramref name="again"/> with what was remembered. Of two concurrent calls with one key, the second waits here
    /// for the first; at two replicas one commits, and the other one fails, looks again, and has the first one's answer.
    /// </summary>
    public async Task<Outcome<T>> Once<T>(
        IdempotencyKey? key, Func<RememberedRequest, Task<Outcome<T>>> again, Func<FirstUse, Task<Outcome<T>>> first, CancellationToken cancel)
    {
        if (key is null)
        {
            return await first(new(null, 0, default));
        }

        using var turn = await turns.Take(key.StoreKey, cancel);
        var known = await Find(key, cancel);
        if (known is not null && !IsExpired(known.Value))
        {
            return await Repeat(key, known.Value, again);
        }

        var answer = await first(new(key, known?.Version ?? Batch.MustNotExist, clock.GetUtcNow()));
        if (!answer.IsRefused)
        {
            return answer;
        }

        var meanwhile = await Find(key, cancel);
        return meanwhile is not null && meanwhile.Version != known?.Version ? await Repeat(key, meanwhile.Value, again)
            : meanwhile is null && known is not null ? await first(new(key, Batch.MustNotExist, clock.GetUtcNow())) // swept in between
            : answer;
    }

    /// <summary>Removes what has expired of the part that is looked at in this turn; each key is looked at about once in its life. Returns how many.</summary>
    public async Task<int> Sweep(TimeSpan every, CancellationToken cancel)
    {
        var removed = 0;
        await walk.Turn(
            every,
            async (entry, token) =>
            {
                var expired = IsExpired(entry.As(IdempotencyJson.Default.RememberedRequest).Value);
                removed += expired && (await store.Commit(new Batch().Delete(entry.Key, entry.Version), token)).IsCommitted ? 1 : 0;
            },
            cancel);
        return removed;
    }

    private ValueTask<Stored<RememberedRequest>?> Find(IdempotencyKey key, CancellationToken cancel) =>
        store.Get(key.StoreKey, IdempotencyJson.Default.RememberedRequest, cancel);

    private static async Task<Outcome<T>> Repeat<T>(IdempotencyKey key, RememberedRequest known, Func<RememberedRequest, Task<Outcome<T>>> again) =>
        known.Digest == key.Digest ? await again(known) : Reused(key);

    private bool IsExpired(RememberedRequest request) => clock.GetUtcNow() - request.Time >= options.KeptFor;

    private static Failure Reused(IdempotencyKey key) => Failure.AlreadyExists(
        "IDEMPOTENCY_KEY_REUSED",
        $"The idempotency key '{key.Text}' was used for another request; repeat that request unchanged, or take a new key.",
        "idempotency-key");
}

/// <summary>The first use of a key: what must go into the commit.</summary>
internal sealed class FirstUse(IdempotencyKey? key, long expected, DateTimeOffset now)
{
    /// <summary>Adds the key to the commit that makes <paramref name="subject"/>.</summary>
    public Batch Remember(Batch batch, string subject) => Put(batch, subject, made: null);

    /// <summary>The same for a thing that may be gone when the request is repeated: then the answer is the thing as it is now.</summary>
    public Batch Remember<T>(Batch batch, string subject, T made, JsonTypeInfo<T> type) =>
        key is null ? batch : Put(batch, subject, JsonSerializer.Serialize(made, type));

    private Batch Put(Batch batch, string subject, string? made) => key is null
        ? batch
        : batch.Put(key.StoreKey, new RememberedRequest(key.Digest, subject, now, made), IdempotencyJson.Default.RememberedRequest, expected);
}

[JsonSerializable(typeof(RememberedRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
