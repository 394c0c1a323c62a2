namespace Mano.Mesh.State.Embedded;

/// <summary>Changes that have left the memory's tail, for a watcher that resumes from far back.</summary>
internal static class HistoryReader
{
    // Twice the largest commit, so that a page always holds at least one commit whole.
    private const int PageRows = 2 * Batch.MaxKeys;

    /// <summary>Adds the next changes and returns the revision up to which they are complete.</summary>
    public static long Read(SqliteConnection connection, string prefix, long after, List<Change> into)
    {
        var compacted = connection.Prepared("SELECT revision FROM compaction").Number() ?? 0;
        if (after < compacted)
        {
            throw StateFailures.Compacted(after, compacted).ToException();
        }

        var current = Schema.Revision(connection.Prepared("SELECT max(seq) FROM history").Number() ?? 0);
        var rows = connection.Prepared("SELECT seq, key, value FROM history WHERE seq > ? AND key >= ? AND key < ? ORDER BY seq LIMIT ?")
            .Bind(1, Schema.EndOf(after)).Bind(2, prefix).Bind(3, StateKeys.EndOf(prefix)).Bind(4, PageRows);
        while (rows.Step())
        {
            into.Add(new(Schema.Revision(rows.Int64(0)), rows.Text(1), rows.IsNull(2) ? default(ReadOnlyMemory<byte>?) : rows.Utf8(2)));
        }

        if (into.Count < PageRows)
        {
            return current;
        }

        // The page may have ended in the middle of a commit: leave that one to the next page.
        var unfinished = into[^1].Revision;
        into.RemoveAll(change => change.Revision == unfinished);
        return unfinished - 1;
    }
}
