namespace Mano.Sagas;

/// <summary>Where operations are kept in the state store.</summary>
public static class OperationKeys
{
    public const string Operations = "operation/";

    /// <summary>The record of one operation.</summary>
    public static string Record(string tenant, string id) => $"operation/{tenant}/{id}";

    /// <summary>The records of a tenant; ids sort by the time of acceptance.</summary>
    public static string Records(string tenant) => $"operation/{tenant}/";

    /// <summary>Name of a shard of operations.</summary>
    public static string ShardName(int shard) => $"operations-{shard:d4}";

    /// <summary>The entries of open operations of all shards.</summary>
    internal const string AllOpen = "operation-open/";

    /// <summary>The shard that an open operation's entry names; null if the key is none.</summary>
    internal static int? ShardOfOpen(string key)
    {
        var shard = key.AsSpan(Math.Min(AllOpen.Length, key.Length));
        var end = shard.IndexOf('/');
        return end > 0 && int.TryParse(shard[..end], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    internal static string Open(int shard, string id) => $"operation-open/{shard:d4}/{id}";

    internal static string OpenIn(int shard) => $"operation-open/{shard:d4}/";

    internal static string Subject(string tenant, string subject) => $"operation-subject/{tenant}/{subject}";

    internal static string Idempotency(string tenant, string digest) => $"idempotency/{tenant}/{digest}";

    /// <summary>FNV-1a: the same on every machine and in every release, which string.GetHashCode is not.</summary>
    internal static uint StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 16777619u;
        }

        return hash;
    }
}
