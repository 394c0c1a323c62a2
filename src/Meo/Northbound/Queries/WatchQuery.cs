using System.Globalization;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Northbound.Queries;

/// <summary>What is watched in the store.</summary>
/// <param name="Prefix">Its keys; the key itself of one thing.</param>
/// <param name="Show">An entry as it is answered.</param>
/// <param name="IsLast">Of one thing: whether nothing follows. Null: many are watched, for ever.</param>
/// <param name="Gone">What is said of one that was removed, by its key. Null: nothing is.</param>
internal sealed record WatchSource<T>(string Prefix, Func<Entry, T> Show, Func<T, bool>? IsLast = null, Func<string, T>? Gone = null)
{
    public bool IsOne => IsLast is not null;

    /// <summary>Keys may begin with another one's.</summary>
    public bool Has(string key) => !IsOne || key == Prefix;
}

/// <summary>One message of a watch.</summary>
/// <param name="Item">Null when only the token is newer.</param>
/// <param name="ResumeToken">To go on behind this message.</param>
/// <param name="IsInitial">It was like this when the watch began.</param>
/// <param name="IsGone">It was removed.</param>
internal readonly record struct Watched<T>(T? Item, string ResumeToken, bool IsInitial, bool IsGone = false);

/// <summary>
/// What every Watch call asks in the same words (docs/theory/reading.md): filter if it has one, read_mask, resume_token,
/// progress_interval. A watch is the store's own feed of changes from a revision on, so it goes on at any replica and after any death.
/// </summary>
internal sealed class WatchQuery<T>
    where T : class, IMessage<T>, new()
{
    private const int SnapshotPage = 500;

    private readonly IMessage request;
    private readonly byte[] digest;
    private readonly Filter filter;
    private readonly ReadMask mask;
    private readonly TimeSpan progress;
    private readonly Position? from;

    private WatchQuery(IMessage request)
    {
        var type = new T().Descriptor;
        (this.request, digest) = (request, RequestToken.DigestOf(request));
        filter = request.Descriptor.FindFieldByName("filter") is { } field ? Filter.Parse(type, (string)field.Accessor.GetValue(request)) : Filter.None;
        mask = ReadMask.Of((FieldMask?)Field("read_mask"), type);
        progress = Interval((Duration?)Field("progress_interval"));
        from = RequestToken.Resume.Read(request, (string)Field("resume_token")!, Position.Parts) is { } parts ? Position.Of(parts) : null;
    }

    /// <summary>Throws InvalidInput for what is wrong in it.</summary>
    public static WatchQuery<T> Of(IMessage request) => new(request);

    /// <summary>The messages. Throws OutOfRange when the changes since the token are no longer kept.</summary>
    public async IAsyncEnumerable<Watched<T>> Run(IStateStore store, WatchSource<T> source, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        var at = from;
        if (at is null or { After.Length: > 0 })
        {
            await foreach (var (message, position, isLast) in Snapshot(store, source, cancel))
            {
                at = position;
                if (message is { } some)
                {
                    yield return some;
                }

                if (isLast)
                {
                    yield break;
                }
            }
        }
        else if (source.IsOne && await store.Get(source.Prefix, cancel) is { } entry && at.HasSeen(entry.Version) && source.IsLast!(source.Show(entry)))
        {
            yield break;
        }

        await foreach (var message in Changes(store, source, at!, clock, cancel))
        {
            yield return message;
        }
    }

    /// <summary>
    /// What is there, as of the revision of the first page. What changed after that is left to the changes, which have every
    /// state of it: so nothing is given twice, also when the watch is resumed in the middle.
    /// </summary>
    private async IAsyncEnumerable<(Watched<T>? Message, Position At, bool IsLast)> Snapshot(
        IStateStore store, WatchSource<T> source, [EnumeratorCancellation] CancellationToken cancel)
    {
        var (after, revision) = (from is { } begun ? source.Prefix + begun.After : null, from?.Revision);
        for (var more = true; more;)
        {
            var page = await store.Scan(source.Prefix, after, source.IsOne ? 1 : SnapshotPage, cancel);
            revision ??= page.Revision;
            foreach (var entry in page.Entries.Where(e => e.Version <= revision && source.Has(e.Key)))
            {
                var item = source.Show(entry);
                var at = new Position(revision.Value, 0, source.IsOne ? "" : entry.Key[source.Prefix.Length..]);
                var isLast = source.IsLast?.Invoke(item) ?? false;
                yield return (filter.Lets(item) ? Message(item, at, isInitial: true) : null, at, isLast);
            }

            more = page.HasMore && !source.IsOne;
            after = page.Entries.Count > 0 ? page.Entries[^1].Key : after;
        }

        var end = new Position(revision!.Value, 0, "");
        yield return (source.IsOne ? null : Message(null, end), end, false);
    }

    private async IAsyncEnumerable<Watched<T>> Changes(
        IStateStore store, WatchSource<T> source, Position at, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var batches = store.Follow(source.Prefix, at.Revision, toldWhenQuiet: progress != Timeout.InfiniteTimeSpan, stop.Token);
        await using var changes = new Pending(batches.GetAsyncEnumerator(stop.Token), stop);
        var (skipped, seen) = (at, (Revision: 0L, Count: 0));
        for (var due = Due(clock); ;)
        {
            if (!await changes.Arrives(due - clock.GetUtcNow(), clock))
            {
                yield return Message(null, at);
                due = Due(clock);
                continue;
            }

            var batch = changes.Take();
            foreach (var change in batch.Changes)
            {
                seen = (change.Revision, change.Revision == seen.Revision ? seen.Count + 1 : 1);
                if (change.Revision == skipped.Revision + 1 && seen.Count <= skipped.Skip)
                {
                    continue; // a commit changed several, and the earlier stream had these
                }

                at = new(change.Revision - 1, seen.Count, "");
                if (change.IsDelete && source.Gone is { } gone)
                {
                    yield return new(gone(change.Key), RequestToken.Write(digest, at.Written), IsInitial: false, IsGone: true);
                    due = Due(clock);
                    continue;
                }

                if (change.IsDelete || !source.Has(change.Key) || source.Show(new(change.Key, change.Value!.Value, change.Revision)) is not { } item || !filter.Lets(item))
                {
                    continue;
                }

                yield return Message(item, at);
                due = Due(clock);
                if (source.IsLast?.Invoke(item) ?? false)
                {
                    yield break;
                }
            }

            at = batch.UpTo > at.Revision ? new(batch.UpTo, 0, "") : at;
        }
    }

    private DateTimeOffset Due(TimeProvider clock) => progress == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : clock.GetUtcNow() + progress;

    private Watched<T> Message(T? item, Position at, bool isInitial = false) =>
        new(item is null ? null : mask.Apply(item), RequestToken.Write(digest, at.Written), isInitial);

    private object? Field(string name) => request.Descriptor.FindFieldByName(name).Accessor.GetValue(request);

    private static TimeSpan Interval(Duration? asked)
    {
        new Faults()
            .Require(asked is null or { Seconds: >= 1 and <= 3600, Nanos: >= 0 and < 1_000_000_000 }, "progress_interval", "must be 1 second to 1 hour, or absent")
            .ThrowIfAny("The request", "progress_interval");
        return asked?.ToTimeSpan() ?? Timeout.InfiniteTimeSpan;
    }

    /// <summary>The next batch, which may be waited for several times.</summary>
    private sealed class Pending(IAsyncEnumerator<ChangeBatch> batches, CancellationTokenSource stop) : IAsyncDisposable
    {
        private Task? next;

        /// <summary>False if there is none in this time.</summary>
        public async Task<bool> Arrives(TimeSpan within, TimeProvider clock)
        {
            next ??= Next();
            if (within <= TimeSpan.Zero)
            {
                return false;
            }

            try
            {
                await next.WaitAsync(within > TimeSpan.FromDays(1) ? Timeout.InfiniteTimeSpan : within, clock);
                return true;
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                return false;
            }
        }

        public ChangeBatch Take()
        {
            next = null;
            return batches.Current;
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await (next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await batches.DisposeAsync();
        }

        private async Task Next()
        {
            try
            {
                await batches.MoveNextAsync();
            }
            catch (FailureException old) when (old.Failure.Kind == FailureKind.OutOfRange)
            {
                throw new Failure(
                    FailureKind.OutOfRange, "RESUME_TOKEN_TOO_OLD",
                    "The changes since resume_token are not, or no longer, kept. Open the watch again without it: it begins with the state as it is, and what happened in between is not told.",
                    "resume_token").ToException();
            }
        }
    }

    /// <summary>How far a watch has come.</summary>
    /// <param name="Revision">Everything up to it was told.</param>
    /// <param name="Skip">And so many changes of the commit after it.</param>
    /// <param name="After">In what was there at that revision: told up to this key. Empty: all of it was.</param>
    private sealed record Position(long Revision, int Skip, string After)
    {
        public const int Parts = 3;

        public string[] Written => [Revision.ToString(CultureInfo.InvariantCulture), Skip.ToString(CultureInfo.InvariantCulture), After];

        public static Position Of(IReadOnlyList<string?> parts) => new(
            long.TryParse(parts[0], CultureInfo.InvariantCulture, out var revision) ? revision : 0,
            int.TryParse(parts[1], CultureInfo.InvariantCulture, out var skip) ? skip : 0,
            parts[2]!);

        public bool HasSeen(long version) => version <= Revision + (Skip > 0 ? 1 : 0);
    }
}
