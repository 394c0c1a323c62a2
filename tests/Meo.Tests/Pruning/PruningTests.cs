using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Pruning;
using Mano.Meo.Tests.World;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;

namespace Mano.Meo.Tests.Pruning;

/// <summary>What has ended long ago goes; what is unfinished, young or needed stays; and what is stored costs little.</summary>
public sealed class PruningTests
{
    [Fact]
    public async Task Operations_go_after_their_time_and_those_that_have_not_ended_stay()
    {
        await using var world = await MeoWorld.Start(options => options with
        {
            Pruning = new() { KeepOperations = TimeSpan.FromSeconds(3), Every = TimeSpan.FromMilliseconds(50) },
        });
        var package = await world.Onboard(vcpus: 1);
        var done = await world.Create(package);
        var ended = await world.Instantiate(done);
        await world.EndOf(ended);
        world.Site.Script = SiteScript.Linger;
        var unfinished = await world.Instantiate(await world.Create(package));

        await Eventually.Is(
            async () => (await world.Operations.ListOperationsAsync(new())).Operations is [{ } left] && left.OperationId == unfinished.OperationId, "only the unfinished one is left");
        await Refused.With(StatusCode.NotFound, () => world.Operations.GetOperationAsync(new() { OperationId = ended.OperationId }));
        Assert.Empty((await world.Operations.ListOperationsAsync(new() { AppInstanceId = done })).Operations);
        world.Site.Finish();
        Assert.Equal(Operation.Types.State.Completed, (await world.EndOf(unfinished)).State);
        Assert.Equal(Operation.Types.State.Completed, (await world.EndOf(await world.Terminate(done))).State);
    }

    [Fact]
    public async Task Of_one_instance_only_the_newest_are_kept_once_no_key_leads_to_the_others()
    {
        await using var world = await MeoWorld.Start(options => options with
        {
            Pruning = new() { MostOfOneInstance = 2, Every = TimeSpan.FromMilliseconds(50) },
            Idempotency = new() { KeptFor = TimeSpan.FromSeconds(1) },
        });
        var id = await world.Running();
        var ids = new List<string>();
        foreach (var to in new[] { OperateTo.Stopped, OperateTo.Started, OperateTo.Stopped })
        {
            var operation = (await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = to })).Operation;
            await world.EndOf(operation);
            ids.Insert(0, operation.OperationId);
        }

        await Eventually.Is(
            async () => (await world.Operations.ListOperationsAsync(new() { AppInstanceId = id })).Operations.Select(o => o.OperationId).SequenceEqual(ids.Take(2)),
            "the two newest are left");
        Assert.Equal(2, (await world.Operations.ListOperationsAsync(new())).Operations.Count);
    }

    [Fact]
    public async Task A_walk_sees_everything_once_in_a_pass_and_only_a_share_of_it_in_a_turn()
    {
        var store = new MemoryStateStore(new ManualClock());
        foreach (var chunk in Enumerable.Range(0, 6000).Chunk(1000))
        {
            (await store.Commit(chunk.Aggregate(new Batch(), (batch, i) => batch.Put($"thing/{i:d5}", "{}"u8.ToArray())))).OrThrow();
        }

        var walk = new SlowWalk(store, "thing/", TimeSpan.FromHours(1));
        var turns = await Pass();
        Assert.Equal(12, turns.Count); // of the smallest turn, for nobody knows yet how many there are
        turns = await Pass(TimeSpan.FromMinutes(10));
        Assert.Equal([1000, 1000, 1000, 1000, 1000, 1000], turns);

        async Task<List<int>> Pass(TimeSpan? every = null)
        {
            var (all, sizes) = (new List<string>(), new List<int>());
            do
            {
                var before = all.Count;
                await walk.Turn(every ?? TimeSpan.FromSeconds(1), (entry, _) => Seen(all, entry), default);
                sizes.Add(all.Count - before);
            }
            while (walk.After is not null);
            Assert.Equal(6000, all.Distinct().Count());
            Assert.Equal(6000, all.Count);
            return sizes;
        }
    }

    private static ValueTask Seen(List<string> all, Entry entry)
    {
        all.Add(entry.Key);
        return ValueTask.CompletedTask;
    }
}
