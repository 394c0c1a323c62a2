using Mano.Mesh.State;

namespace Mano.Meo.Pruning;

/// <summary>
/// Walks over everything under a prefix once in a period, a few pages at a turn, for ever. How many follows from the
/// walk before: what is merely stored costs one read in a period, however much it is.
/// </summary>
internal sealed class SlowWalk(IStateStore store, string prefix, TimeSpan period)
{
    private const int PageSize = 500;
    private const int MostOfOneTurn = 20_000;

    private string? after;
    private long before;
    private long count;

    /// <summary>Where the next turn begins; null: at the beginning.</summary>
    public string? After => after;

    /// <summary>One turn of those that come every so often. Ends early at the end of the prefix.</summary>
    public async Task Turn(TimeSpan every, Func<Entry, CancellationToken, ValueTask> visit, CancellationToken cancel)
    {
        var share = (int)Math.Min(MostOfOneTurn, Math.Ceiling(before * (every / period)));
        for (var left = Math.Max(PageSize, share); left > 0; left -= PageSize)
        {
            var page = await store.Scan(prefix, after, PageSize, cancel);
            foreach (var entry in page.Entries)
            {
                await visit(entry, cancel);
            }

            count += page.Entries.Count;
            after = page.HasMore ? page.Entries[^1].Key : null;
            if (after is null)
            {
                (before, count) = (count, 0);
                return;
            }
        }
    }
}
