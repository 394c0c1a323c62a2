namespace Mano.Meo.Placement.Index;

/// <summary>
/// A persistent map by name: two levels of 32 and a few entries below each, so that a change copies three short arrays whatever the
/// size (up to some hundred thousand names; beyond, the last array grows).
/// </summary>
internal sealed class HashTrie<T>
    where T : class
{
    private const int Width = 32;
    private readonly (string Key, T Value)[]?[]?[] root;

    private HashTrie((string Key, T Value)[]?[]?[] root, int count) => (this.root, Count) = (root, count);

    public static HashTrie<T> Empty { get; } = new(new (string, T)[]?[]?[Width], 0);

    public int Count { get; }

    /// <summary>In no order that says anything.</summary>
    public IEnumerable<T> Values => root.SelectMany(branch => branch ?? []).SelectMany(bucket => bucket ?? []).Select(entry => entry.Value);

    public T? Find(string key)
    {
        var (first, second) = Way(key);
        var bucket = root[first]?[second] ?? [];
        return TryFind(bucket, key, out var at) ? bucket[at].Value : null;
    }

    public HashTrie<T> Set(string key, T value)
    {
        var (first, second) = Way(key);
        var bucket = root[first]?[second] ?? [];
        var isKnown = TryFind(bucket, key, out var at);
        (string, T)[] changed = isKnown ? [.. bucket] : [.. bucket, default];
        changed[at] = (key, value);
        return With(first, second, changed, isKnown ? Count : Count + 1);
    }

    public HashTrie<T> Remove(string key)
    {
        var (first, second) = Way(key);
        var bucket = root[first]?[second] ?? [];
        return TryFind(bucket, key, out var at) ? With(first, second, [.. bucket[..at], .. bucket[(at + 1)..]], Count - 1) : this;
    }

    private static bool TryFind((string Key, T Value)[] bucket, string key, out int at)
    {
        for (at = 0; at < bucket.Length; at++)
        {
            if (bucket[at].Key == key)
            {
                return true;
            }
        }

        return false;
    }

    private static (int First, int Second) Way(string key)
    {
        var hash = (uint)string.GetHashCode(key);
        return ((int)(hash % Width), (int)(hash / Width % Width));
    }

    private HashTrie<T> With(int first, int second, (string, T)[] bucket, int count)
    {
        var trunk = root.AsSpan().ToArray();
        var branch = trunk[first] is { } known ? known.AsSpan().ToArray() : new (string, T)[]?[Width];
        branch[second] = bucket;
        trunk[first] = branch;
        return new(trunk, count);
    }
}
