using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>
/// What a process keeps in memory of the keys under a prefix. Told of everything at least once, of one key in the order of its
/// versions as far as the follower goes; whoever also changes it by himself compares versions and ignores what is older.
/// </summary>
public interface IStateMirror
{
    ValueTask Put(Entry entry);

    /// <summary>At <paramref name="version"/> the key was not there.</summary>
    ValueTask Gone(string key, long version);

    /// <summary>No change at or below this version is told any more, but by another listing.</summary>
    void Passed(long version) { }

    /// <summary>The keys it has; what a new listing does not name is gone.</summary>
    IReadOnlyCollection<string> Keys { get; }
}

/// <summary>Keeps a mirror of a prefix: everything listed, then every change, over lost connections and forgotten changes.</summary>
/// <param name="store">The store.</param>
/// <param name="prefix">What is followed.</param>
/// <param name="mirror">What is told.</param>
/// <param name="clock">For the pause before a store that is away is asked again.</param>
public sealed class StateFollower(IStateStore store, string prefix, IStateMirror mirror, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private long since;

    /// <summary>Called with the failure each time the store cannot be followed, and with null when it can be again.</summary>
    public Action<Failure?> Trouble { get; init; } = _ => { };

    /// <summary>
    /// Lists everything. When it completes, the mirror has every change that was acknowledged before the call. Returns the
    /// revision after which changes have to be watched. May be called at any time, also while following.
    /// </summary>
    public async Task<long> List(CancellationToken cancel)
    {
        var known = mirror.Keys.Order(StringComparer.Ordinal).ToList();
        var (at, first) = (0, -1L);
        for (string? after = null; ;)
        {
            var page = await store.Scan(prefix, after, cancel: cancel);
            first = first < 0 ? page.Revision : first;
            after = page.HasMore ? page.Entries[^1].Key : null;
            var there = page.Entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            for (; at < known.Count && (after is null || string.CompareOrdinal(known[at], after) <= 0); at++)
            {
                if (!there.Contains(known[at]))
                {
                    await mirror.Gone(known[at], page.Revision);
                }
            }

            foreach (var entry in page.Entries)
            {
                await mirror.Put(entry);
            }

            if (after is null)
            {
                return first;
            }
        }
    }

    /// <summary>The first listing; <see cref="Follow"/> goes on from there.</summary>
    public Task Start(CancellationToken cancel) => store.Patiently(async listing => since = await List(listing), cancel);

    /// <summary>Follows until cancelled.</summary>
    public async Task Follow(CancellationToken cancel)
    {
        var troubled = false;
        while (true)
        {
            try
            {
                if (troubled)
                {
                    since = await List(cancel);
                    troubled = false;
                    Trouble(null);
                }

                await foreach (var change in store.Watch(prefix, since, cancel))
                {
                    await (change.Value is { } value ? mirror.Put(new(change.Key, value, change.Revision)) : mirror.Gone(change.Key, change.Revision));
                    // The changes of one commit share a revision: should one fail, all of them come again.
                    since = change.Revision - 1;
                    mirror.Passed(since);
                }
            }
            catch (FailureException away)
            {
                troubled = true;
                Trouble(away.Failure);
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }
}
