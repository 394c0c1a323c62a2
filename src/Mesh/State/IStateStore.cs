using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>
/// The state of one process, or of all replicas of one: keys and JSON values, changed by atomic commits, watched in
/// order. Keys are 1 to 512 printable ASCII characters without spaces, in the form <c>noun/tenant/id</c>, and sort by their bytes.
/// Values are JSON texts in UTF-8, so that an operator can read them; at most 4 MiB each.
/// </summary>
/// <remarks>
/// Refusals that a caller must expect (a conflict, a stale epoch, a shard that is held) are values. When the store
/// itself cannot be reached, every method throws <see cref="FailureException"/> of kind Unavailable; a commit that ended
/// so may or may not have happened, and the caller reads the keys again to learn which.
/// </remarks>
public interface IStateStore : IAsyncDisposable
{
    /// <summary>The key's present value, or null. Sees every commit that was acknowledged before the call.</summary>
    ValueTask<Entry?> Get(string key, CancellationToken cancel = default);

    /// <summary>
    /// Entries whose key starts with <paramref name="prefix"/> and sorts after <paramref name="after"/>, in order of key.
    /// A page is consistent in itself at <see cref="Page.Revision"/>. To list and then watch with no gap, watch from the revision
    /// of the *first* page: what later pages already held arrives again with a version you have.
    /// </summary>
    /// <param name="prefix">The empty prefix means everything.</param>
    /// <param name="after">The last key of the page before, or null for the first page.</param>
    /// <param name="limit">At most this many entries, 1 to 10,000.</param>
    /// <param name="cancel">Stops waiting.</param>
    ValueTask<Page> Scan(string prefix, string? after = null, int limit = 1000, CancellationToken cancel = default);

    /// <summary>
    /// All of the batch or nothing. On success every written key has the new store-wide revision as its version.
    /// Durable when the task completes. Once started, a commit is not stopped by <paramref name="cancel"/>.
    /// </summary>
    ValueTask<CommitResult> Commit(Batch batch, CancellationToken cancel = default);

    /// <summary>
    /// Every change to keys under <paramref name="prefix"/> with a revision above <paramref name="sinceRevision"/>, in order, for ever.
    /// Throws <see cref="FailureException"/> with <see cref="StateFailures.Compacted"/> when changes after that revision are no
    /// longer kept (list again, then watch from there), and with <see cref="StateFailures.Ahead"/> for a revision the store has not reached.
    /// </summary>
    IAsyncEnumerable<Change> Watch(string prefix, long sinceRevision, CancellationToken cancel = default);

    /// <summary>
    /// As <see cref="Watch"/>, and besides how far the prefix has been quiet, so that who resumes need not go back to its last change.
    /// A store that is not asked for more says of each change that everything before its revision is known.
    /// </summary>
    /// <param name="prefix">Of the keys.</param>
    /// <param name="sinceRevision">What is known already.</param>
    /// <param name="toldWhenQuiet">Whether a commit that changes nothing under the prefix is told, too, by an empty batch. Every follower who wants that
    /// is woken by every commit, so none should who does not need it.</param>
    /// <param name="cancel">Ends it.</param>
    async IAsyncEnumerable<ChangeBatch> Follow(
        string prefix, long sinceRevision, bool toldWhenQuiet, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var change in Watch(prefix, sinceRevision, cancel))
        {
            yield return new([change], change.Revision - 1);
        }
    }

    /// <summary>The latest revision; 0 in a new store.</summary>
    ValueTask<long> CurrentRevision(CancellationToken cancel = default);

    /// <summary>
    /// Takes a shard if it is free, expired, or already held by the same owner (who restarted). The epoch grows with
    /// every acquisition, so all earlier holders' commits are refused from here on.
    /// Refused with SHARD_HELD, naming the holder, else.
    /// </summary>
    ValueTask<Outcome<ShardLease>> AcquireShard(string shard, string owner, TimeSpan ttl, CancellationToken cancel = default);

    /// <summary>Extends the lease by <paramref name="ttl"/> from now. Refused with STALE_EPOCH once somebody else acquired the shard.</summary>
    ValueTask<Outcome<ShardLease>> RenewShard(ShardLease lease, TimeSpan ttl, CancellationToken cancel = default);

    /// <summary>Gives the shard back at once, so that the next owner need not wait; does nothing if the lease was already lost.</summary>
    ValueTask ReleaseShard(ShardLease lease, CancellationToken cancel = default);
}
