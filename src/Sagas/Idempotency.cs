using System.Security.Cryptography;
using System.Text;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Sagas;

/// <summary>
/// What a caller gave so that a repeated request is answered, not done again: the same key and request give the same
/// answer, the same key and another request is refused.
/// </summary>
/// <param name="Tenant">Whose key it is.</param>
/// <param name="Key">1 to 128 printable ASCII characters.</param>
/// <param name="RequestDigest">Of the method and the request's bytes.</param>
public sealed record IdempotencyKey(string Tenant, string Key, string RequestDigest)
{
    public const int MaxLength = 128;

    /// <summary>Checks the key and digests the request.</summary>
    public static Outcome<IdempotencyKey> Of(string tenant, string key, string method, ReadOnlySpan<byte> request)
    {
        if (key.Length is 0 or > MaxLength || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return Failure.InvalidInput("IDEMPOTENCY_KEY_INVALID", $"An idempotency key has 1 to {MaxLength} printable ASCII characters.", "idempotency-key");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(method + "\n"));
        hash.AppendData(request);
        return new IdempotencyKey(tenant, key, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Where it is stored: keys are free text, so their digest is.</summary>
    internal string StateKey => OperationKeys.Idempotency(Tenant, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key))));
}

/// <summary>Remembering and finding answers.</summary>
public static class Idempotency
{
    /// <summary>The answer given before (an operation's or a resource's id), null if there is none, or the refusal of a key used for something else.</summary>
    public static async ValueTask<Outcome<string?>> FindAnswer(this IStateStore store, IdempotencyKey key, CancellationToken cancel = default)
    {
        if (await store.Get(key.StateKey, SagaJson.Default.IdempotencyEntry, cancel) is not { } found)
        {
            return Outcome<string?>.Of(null);
        }

        return found.Value.RequestDigest == key.RequestDigest
            ? found.Value.Answer
            : Failure.AlreadyExists(
                "IDEMPOTENCY_KEY_REUSED",
                $"The idempotency key '{key.Key}' was used for another request, answered with {found.Value.Answer}: choose a new key for a new request.",
                found.Value.Answer);
    }

    /// <summary>Remembers the answer in the commit that makes it true. If another request was faster, the commit conflicts: look again.</summary>
    public static Batch Remember(this Batch batch, IdempotencyKey key, string answer, DateTimeOffset now) =>
        batch.Put(key.StateKey, new IdempotencyEntry(key.Key, key.RequestDigest, answer, now), SagaJson.Default.IdempotencyEntry, Batch.MustNotExist);
}

internal sealed record IdempotencyEntry(string Key, string RequestDigest, string Answer, DateTimeOffset At);
