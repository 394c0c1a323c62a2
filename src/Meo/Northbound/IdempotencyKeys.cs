using System.Text.Json.Serialization;
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
internal sealed record RememberedRequest(string Digest, string Subject, DateTimeOffset Time);

/// <summary>
/// Makes mutating calls repeatable: the key, the digest of the request and the id of what it made are written in the
/// very commit that makes it. The same key and request then lead to that thing again; another request is refused.
/// </summary>
internal sealed class IdempotencyKeys(IStateStore store, TimeProvider clock, IdempotencyOptions options)
{
    public const string Prefix = "idem/";
    private const string Raced = "IDEMPOTENCY_KEY_RACED";

    /// <summary>
    /// Runs <paramref name="first"/> if the key is new (or there is none), giving it what to add to its commit; else
    /// answers <paramref name="again"/> with the id that was remembered.
    /// </summary>
    public async Task<Outcome<T>> Once<T>(
        IdempotencyKey? key, Func<string, Task<Outcome<T>>> again, Func<FirstUse, Task<Outcome<T>>> first, CancellationToken cancel)
    {
        while (true)
        {
            var entry = key is null ? null : await store.Get(key.StoreKey, IdempotencyJson.Default.RememberedRequest, cancel);
            if (entry is not null && !IsExpired(entry.Value))
            {
                return entry.Value.Digest == key!.Digest ? await again(entry.Value.Subject) : Reused(key);
            }

            var answer = await first(new(key, entry?.Version ?? Batch.MustNotExist, clock.GetUtcNow()));
            if (answer.Failure?.Reason != Raced)
            {
                return answer;
            }
        }
    }

    /// <summary>The failure that makes <see cref="Once"/> look again, if the commit lost against a call with the same key; else its own.</summary>
    public static Failure Explain(CommitResult refused) =>
        refused.Conflicts.Any(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal))
            ? Failure.Conflict(Raced, "Another call with the same idempotency key was faster.")
            : refused.ToFailure()!;

    /// <summary>Removes what has expired. Returns how many.</summary>
    public async Task<int> Sweep(CancellationToken cancel)
    {
        var removed = 0;
        await foreach (var entry in store.ScanAll(Prefix, IdempotencyJson.Default.RememberedRequest, cancel))
        {
            if (IsExpired(entry.Value) && (await store.Commit(new Batch().Delete(entry.Key, entry.Version), cancel)).IsCommitted)
            {
                removed++;
            }
        }

        return removed;
    }

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
    public Batch Remember(Batch batch, string subject) => key is null
        ? batch
        : batch.Put(key.StoreKey, new RememberedRequest(key.Digest, subject, now), IdempotencyJson.Default.RememberedRequest, expected);
}

[JsonSerializable(typeof(RememberedRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class IdempotencyJson : JsonSerializerContext;
