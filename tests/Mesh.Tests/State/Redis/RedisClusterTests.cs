using Mano.Mesh.State;
using Mano.Testing;

namespace Mano.Mesh.Tests.State.Redis;

/// <summary>A Redis Cluster of two nodes: all keys of a store are in one slot, wherever that slot is.</summary>
public sealed class RedisClusterTests : RedisWorld
{
    private RedisServer second = null!;

    private readonly List<int> buses = [];

    /// <summary>Of one more node: nobody else has its bus's port, as may be with the one that Redis takes by itself, 10000 above its own.</summary>
    protected override string[] Settings
    {
        get
        {
            buses.Add(DaemonProcess.FreePort());
            return ["--cluster-enabled", "yes", "--cluster-port", Number(buses[^1])];
        }
    }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        if (RedisFactAttribute.WhyMissing is not null)
        {
            return;
        }

        second = await RedisServer.StartAsync(Settings);
        await Server.Cli("CLUSTER", "ADDSLOTSRANGE", "0", "8191");
        await second.Cli("CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
        await second.Cli("CLUSTER", "MEET", "127.0.0.1", Number(Server.Port), Number(buses[0]));
        await Eventually.Is(async () => (await Server.Cli("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal)
            && (await second.Cli("CLUSTER", "INFO")).Contains("cluster_state:ok", StringComparison.Ordinal));
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (second is not null)
        {
            await second.DisposeAsync();
        }
    }

    [RedisFact]
    public async Task Stores_work_whichever_node_has_their_slot_and_whichever_is_named()
    {
        foreach (var prefix in new[] { "mano", "acme", "umbrella", "initech" })
        {
            foreach (var named in new[] { Server, second })
            {
                var store = await OpenReached(seconds: 10, with: options => options with { Prefix = prefix }, port: named.Port);
                using var cancel = new CancellationTokenSource();
                var (seen, watching) = Watch(store, "k", await store.CurrentRevision(), cancel.Token);
                await Put(store, $"k/{named.Port}", prefix);
                Assert.Equal(prefix, await Text(store, $"k/{named.Port}"));
                await store.AcquireShard("s", "me", TimeSpan.FromSeconds(1));
                await Eventually.Is(() => seen.Count == 1);
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching.Soon());
            }
        }

        var slots = await Task.WhenAll(new[] { "meta", "values", "versions", "index", "feed", "commits", "shards", "client:x" }
            .Select(key => Server.Cli("CLUSTER", "KEYSLOT", $"{{acme}}:{key}")));
        Assert.Single(slots.Distinct());
        Assert.All(new[] { await Server.Cli("DBSIZE"), await second.Cli("DBSIZE") }, size => Assert.NotEqual("0", size));
    }
}
