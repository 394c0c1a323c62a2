namespace Mano.Mesh.State;

/// <summary>A key's value and the revision of the commit that wrote it.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">JSON text in UTF-8.</param>
/// <param name="Version">Revision of the commit that wrote this value; the expected version of the next write.</param>
public sealed record Entry(string Key, ReadOnlyMemory<byte> Value, long Version);

/// <summary>Some entries in order of key.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Revision">The store-wide revision at which exactly these entries were there.</param>
/// <param name="HasMore">Whether entries after the last one follow.</param>
public sealed record Page(IReadOnlyList<Entry> Entries, long Revision, bool HasMore);

/// <summary>One key changed.</summary>
/// <param name="Revision">Revision of the commit; the changes of one commit share it and arrive together, in the batch's order.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The new value, or null if the key was deleted.</param>
public readonly record struct Change(long Revision, string Key, ReadOnlyMemory<byte>? Value)
{
    public bool IsDelete => Value is null;
}

/// <summary>What changed under a prefix, and how far that is known.</summary>
/// <param name="Changes">In order; may be none. To be read before the next batch is asked for.</param>
/// <param name="UpTo">Every change under the prefix up to this revision is in this batch or in one before it.</param>
public readonly record struct ChangeBatch(IReadOnlyList<Change> Changes, long UpTo);

/// <summary>The right to commit for a shard until it expires; the epoch is what the store checks.</summary>
/// <param name="Shard">Name of the shard.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Epoch">Grows with every acquisition.</param>
/// <param name="ExpiresAt">When others may take it, unless renewed.</param>
public sealed record ShardLease(string Shard, string Owner, long Epoch, DateTimeOffset ExpiresAt)
{
    public ShardFence Fence => new(Shard, Epoch);
}

/// <summary>A commit carries this and is refused if the shard's epoch is another one by then.</summary>
public readonly record struct ShardFence(string Shard, long Epoch);
