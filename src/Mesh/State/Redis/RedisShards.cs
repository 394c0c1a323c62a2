using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// Leases of shards, which end by Redis's own clock. A holder is told an end by its own clock, counted from before it
/// asked: it stops believing in its lease no later than Redis does, however the two clocks differ.
/// </summary>
internal sealed class RedisShards(RedisCalls calls, TimeProvider clock, SeenRevision seen, StoreIdentity identity)
{
    public async Task<Outcome<ShardLease>> Acquire(string shard, string owner, TimeSpan ttl, CancellationToken cancel)
    {
        StateKeys.Check(shard);
        var (asked, reply) = await Ask(RedisScript.Acquire, shard, owner, ttl, cancel);
        return (string?)reply[0] == "OK"
            ? new ShardLease(shard, owner, (long)reply[1], asked + ttl)
            : StateFailures.Held(shard, (string)reply[1]!, clock.GetUtcNow() + TimeSpan.FromMilliseconds((long)reply[2]));
    }

    public async Task<Outcome<ShardLease>> Renew(ShardLease lease, TimeSpan ttl, CancellationToken cancel)
    {
        var (asked, reply) = await Ask(RedisScript.Renew, lease.Shard, lease.Epoch, ttl, cancel);
        return (string?)reply[0] == "OK" ? lease with { ExpiresAt = asked + ttl } : StateFailures.Stale(lease.Fence, (long)reply[1]);
    }

    public async Task Release(ShardLease lease, CancellationToken cancel) => await Ask(RedisScript.Renew, lease.Shard, lease.Epoch, TimeSpan.Zero, cancel);

    private async Task<(DateTimeOffset Asked, RedisResult[] Reply)> Ask(RedisScript script, string shard, RedisValue who, TimeSpan ttl, CancellationToken cancel)
    {
        var asked = clock.GetUtcNow();
        // Sent again, it counts from the last try on; the first is what we count from.
        var reply = await calls.Run(script, (_, _) => [identity.Known, seen.Revision, shard, who, (long)ttl.TotalMilliseconds], cancel);
        return (asked, reply);
    }
}
