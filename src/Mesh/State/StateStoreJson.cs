using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>A value read as its own type, with the version the next write must expect.</summary>
public sealed record Stored<T>(string Key, T Value, long Version);

/// <summary>Reading typed values.</summary>
public static class StateStoreJson
{
    /// <summary>The key's value, or null. Throws Corrupt, naming the key, if the text is not such a value.</summary>
    public static async ValueTask<Stored<T>?> Get<T>(this IStateStore store, string key, JsonTypeInfo<T> type, CancellationToken cancel = default) =>
        await store.Get(key, cancel) is { } entry ? entry.As(type) : null;

    /// <summary>Every value under a prefix, in order of key, page by page.</summary>
    public static async IAsyncEnumerable<Stored<T>> ScanAll<T>(
        this IStateStore store, string prefix, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var entry in store.ScanAll(prefix, cancel))
        {
            yield return entry.As(type);
        }
    }

    /// <summary>Every entry under a prefix, in order of key, page by page.</summary>
    public static async IAsyncEnumerable<Entry> ScanAll(
        this IStateStore store, string prefix, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (string? after = null; ;)
        {
            var page = await store.Scan(prefix, after, cancel: cancel);
            foreach (var entry in page.Entries)
            {
                yield return entry;
            }

            if (!page.HasMore)
            {
                yield break;
            }

            after = page.Entries[^1].Key;
        }
    }

    /// <summary>The entry's value as its type.</summary>
    public static Stored<T> As<T>(this Entry entry, JsonTypeInfo<T> type) => new(entry.Key, Read(entry.Key, entry.Value, type), entry.Version);

    /// <summary>The new value as its type; the change must not be a delete.</summary>
    public static Stored<T> As<T>(this Change change, JsonTypeInfo<T> type) => new(
        change.Key, Read(change.Key, change.Value ?? throw new InvalidOperationException($"{change.Key} was deleted at {change.Revision}."), type), change.Revision);

    private static T Read<T>(string key, ReadOnlyMemory<byte> value, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(value.Span, type) ?? throw new JsonException("null");
        }
        catch (JsonException wrong)
        {
            var message = $"The value stored under {key} is not a {typeof(T).Name}: {wrong.Message}";
            throw new FailureException(new Failure(FailureKind.Corrupt, "STORED_VALUE_UNREADABLE", message, key), wrong);
        }
    }
}
