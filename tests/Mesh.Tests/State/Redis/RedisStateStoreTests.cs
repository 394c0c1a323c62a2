using System.Globalization;
using Mano.Mesh.State;
using Mano.Mesh.State.Redis;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>The contract on a real Redis, one server for all sentences, a store each.</summary>
public sealed class RedisStateStoreTests(RedisForAll redis) : StateStoreContract, IClassFixture<RedisForAll>
{
    private static int stores;

    private readonly string prefix = $"contract-{Interlocked.Increment(ref stores)}";

    protected override Task<IStateStore> Open() => Task.FromResult<IStateStore>(RedisStateStore.Open(
        RedisStoreOptions.Parse($"redis://127.0.0.1:{redis.Server.Port}/?prefix={prefix}") with { KeptCommits = 1000, Timeout = Eventually.Patience }, TimeProvider.System, NullLoggerFactory.Instance));

    /// <summary>Redis has a clock of its own: the leases are moved instead.</summary>
    protected override Task Pass(TimeSpan time) => redis.Server.Cli("EVAL", """
        for _, shard in ipairs(redis.call('HKEYS', KEYS[1])) do
          local epoch, expires, owner = string.match(redis.call('HGET', KEYS[1], shard), '^(%d+) (%d+) (.*)$')
          redis.call('HSET', KEYS[1], shard, string.format('%s %.0f %s', epoch, math.max(0, expires - ARGV[1]), owner))
        end
        """, "1", $"{{{prefix}}}:shards", time.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
}

/// <summary>One Redis for the tests of a class.</summary>
public sealed class RedisForAll : IAsyncLifetime
{
    public RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartAsync();

    public Task DisposeAsync() => Server.DisposeAsync().AsTask();
}
