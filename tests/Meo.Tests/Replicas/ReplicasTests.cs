using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Replicas;

/// <summary>Several MEOs on one store: who does what, and that it does not matter which one is asked.</summary>
public sealed class ReplicasTests
{
    [Fact]
    public async Task Shards_are_divided_fairly_and_go_round_when_replicas_come_and_leave()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        await world.SharesAre(16);
        await world.Add("meo-b");
        await world.SharesAre(8, 8);
        await world.Add("meo-c");
        await world.SharesAre(4, 6, 6);
        await world.Stop("meo-a");
        await world.SharesAre(8, 8);
        await world.Stop("meo-b");
        await world.SharesAre(16);
    }

    [Fact]
    public async Task Whichever_replica_is_asked_to_instantiate_it_is_done_once_and_seen_by_all()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b", "meo-c");
        var package = await world.Onboard("meo-a");
        foreach (var at in new[] { "meo-a", "meo-b", "meo-c" })
        {
            var instance = await world.Create(at, package);
            var operation = await world.Instantiate(at, instance);
            foreach (var name in world.Names)
            {
                Assert.Equal(Ended.Completed, (await world.EndOf(name, operation)).State);
            }
        }

        Assert.Equal(3, world.Site.Instances.Count);
        foreach (var name in world.Names)
        {
            await Eventually.Is(async () => await world.HeldAt(name) == 6000, $"{name} counts what is held");
        }
    }

    [Fact]
    public async Task What_one_replica_releases_is_free_at_the_one_that_promises()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b");
        var package = await world.Onboard("meo-a", vcpus: 40);
        var first = await world.Create("meo-a", package);
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-a", await world.Instantiate("meo-a", first))).State);
        var second = await world.Create("meo-b", package);
        var refused = await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle(world.Other).InstantiateAppInstanceAsync(new() { AppInstanceId = second }));
        Assert.Equal("NO_HOST", refused.Reason);
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-b", await world.Terminate(world.Other, first))).State);
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-b", await world.Instantiate(world.Other, second))).State);
    }

    [Fact]
    public async Task The_same_key_sent_to_every_replica_at_once_makes_one_operation()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b", "meo-c");
        var package = await world.Onboard("meo-a");
        for (var round = 0; round < 5; round++)
        {
            var instance = await world.Create("meo-b", package);
            var key = $"key-{round}";
            var answers = await Task.WhenAll(world.Names.Concat(world.Names).Select(name => world.Instantiate(name, instance, key)));
            Assert.Single(answers.Select(o => o.OperationId).Distinct());
            Assert.Equal(Ended.Completed, (await world.EndOf("meo-c", answers[0])).State);
        }

        Assert.Equal(5, world.Site.Instances.Count);
    }

    [Fact]
    public async Task A_graceful_stop_of_the_owner_hands_the_ledger_on_and_calls_meanwhile_wait_for_it()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b");
        var package = await world.Onboard("meo-a");
        var instance = await world.Create("meo-a", package);
        var other = world.Other;
        var stopping = world.Stop(world.Owner!);
        var operation = await world.Instantiate(other, instance);
        Assert.Equal(Ended.Completed, (await world.EndOf(other, operation)).State);
        await stopping;
        await Eventually.Is(() => world.Owner == other, "the other one owns the ledger");
        Assert.Equal(2000, await world.HeldAt(other));
    }

    [Fact]
    public async Task A_hundred_instantiations_at_once_over_three_replicas_never_exceed_the_host()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b", "meo-c");
        var package = await world.Onboard("meo-a", vcpus: 1);
        var names = world.Names.ToList();
        var instances = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => world.Create(names[i % 3], package)));
        var answers = await Task.WhenAll(instances.Select((instance, i) => Try(world, names[i % 3], instance)));
        // Of 16 GiB, 512 MiB each.
        Assert.Equal(32, answers.Count(a => a is not null));
        foreach (var operation in answers.OfType<Operation>())
        {
            Assert.Equal(Ended.Completed, (await world.EndOf("meo-a", operation)).State);
        }

        Assert.Equal(32, world.Site.Instances.Count);
        foreach (var name in names)
        {
            await Eventually.Is(async () => await world.HeldAt(name) == 32_000, $"{name} counts what is held");
        }
    }

    private static async Task<Operation?> Try(ReplicasWorld world, string at, string instance)
    {
        try
        {
            return await world.Instantiate(at, instance);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            return null;
        }
    }
}
