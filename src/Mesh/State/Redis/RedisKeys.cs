using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>The eight keys of a store, in the order in which every script gets them (docs/theory/state-store.md). The braces keep them in one hash slot.</summary>
internal static class RedisKeys
{
    /// <param name="prefix">Name of the store.</param>
    /// <param name="client">This client; each has a key of its own that tells its present session.</param>
    public static RedisKey[] Of(string prefix, string client)
    {
        var tag = $"{{{prefix}}}:";
        return [tag + "meta", tag + "values", tag + "versions", tag + "index", tag + "feed", tag + "commits", tag + "shards", $"{tag}client:{client}"];
    }

    /// <summary>The channel on which a commit tells its revision is named like the feed.</summary>
    public static RedisChannel Channel(RedisKey[] keys) => new((byte[])keys[4]!, RedisChannel.PatternMode.Literal);
}
