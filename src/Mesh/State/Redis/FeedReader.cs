using System.Globalization;
using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>Reads the change feed: whole commits, in order.</summary>
internal sealed class FeedReader(RedisCalls calls, SeenRevision seen, StoreIdentity identity)
{
    private const int PageBytes = 4 * 1024 * 1024;

    /// <summary>Changes after a revision, up to the one returned. Throws Compacted, Ahead or Unavailable.</summary>
    public async Task<(List<Change> Changes, long UpTo, bool More)> Read(long after, CancellationToken cancel)
    {
        var reply = await calls.Run(RedisScript.Changes, (_, _) => [identity.Known, seen.Revision, after, PageBytes], cancel);
        switch ((string?)reply[0])
        {
            case "COMPACTED":
                throw StateFailures.Compacted(after, (long)reply[1]).ToException();
            case "AHEAD":
                throw StateFailures.Ahead(after, (long)reply[1]).ToException();
        }

        var current = (long)reply[1];
        seen.Saw(current);
        var changes = new List<Change>();
        var upTo = after;
        foreach (var entry in reply.AsSpan(2))
        {
            var parts = (RedisResult[])entry!;
            var id = (string)parts[0]!;
            upTo = long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), NumberStyles.None, CultureInfo.InvariantCulture);
            AddChanges(upTo, (RedisResult[])parts[1]!, changes);
        }

        return (changes, upTo, upTo < current);
    }

    /// <summary>An entry is: commit, its id, bytes, a count, then for each key its name after + or -, and its value.</summary>
    private void AddChanges(long revision, RedisResult[] fields, List<Change> changes)
    {
        seen.Saw(revision, (string)fields[1]!);
        for (var i = 4; i < fields.Length; i += 2)
        {
            var name = (string)fields[i]!;
            changes.Add(new(revision, name[1..], name[0] == '+' ? (byte[])fields[i + 1]! : default(ReadOnlyMemory<byte>?)));
        }
    }
}
