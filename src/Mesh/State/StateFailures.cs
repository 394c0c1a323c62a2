using Mano.Mesh.Failures;

namespace Mano.Mesh.State;

/// <summary>The words every store uses for its refusals.</summary>
public static class StateFailures
{
    public const string VersionConflict = "VERSION_CONFLICT";
    public const string StaleEpoch = "STALE_EPOCH";
    public const string ShardHeld = "SHARD_HELD";
    public const string RevisionCompacted = "REVISION_COMPACTED";
    public const string RevisionAhead = "REVISION_AHEAD";
    public const string StoreUnavailable = "STORE_UNAVAILABLE";
    public const string StoreReplaced = "STORE_REPLACED";
    public const string StoreRolledBack = "STORE_ROLLED_BACK";
    public const string StoreUnsafe = "STORE_UNSAFE";
    public const string StoreLocked = "STORE_LOCKED";
    public const string StoreCorrupt = "STORE_CORRUPT";
    public const string StoreSchema = "STORE_SCHEMA";

    public static Failure Conflicting(IReadOnlyList<KeyConflict> conflicts) => Failure.Conflict(
        VersionConflict, $"Somebody else changed {string.Join(", ", conflicts)}; read again and decide again.", conflicts[0].Key);

    public static Failure Stale(ShardFence fence, long current) => new(
        FailureKind.Conflict,
        StaleEpoch,
        $"Shard {fence.Shard} is at epoch {current}, this commit came with epoch {fence.Epoch}: another owner has taken over and this one must stop.",
        fence.Shard);

    public static Failure Held(string shard, string holder, DateTimeOffset until) => Failure.Conflict(
        ShardHeld, $"Shard {shard} is held by {holder} until {until:O}; it is free after that unless the holder renews.", shard);

    public static Failure Compacted(long asked, long oldest) => new(
        FailureKind.OutOfRange,
        RevisionCompacted,
        $"Changes after revision {asked} were asked for, but only those after {oldest} are kept; list again and watch from the list's revision.");

    public static Failure Ahead(long asked, long current) => new(
        FailureKind.OutOfRange,
        RevisionAhead,
        $"Changes after revision {asked} were asked for, but the store is at {current}: the revision comes from another store, or this one was restored from a copy. List again and watch from the list's revision.");
}
