using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Placement;

/// <summary>Several instances in one request: all are promised their place, or none.</summary>
public sealed class SeveralTogetherTests
{
    [Fact]
    public async Task All_of_a_group_are_placed_where_they_fit_beside_one_another_and_run()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2", vcpus: 4));
        var (small, large) = (await world.Onboard("small-d", vcpus: 4), await world.Onboard("large-d", vcpus: 8));
        string[] ids = [await world.Create(small), await world.Create(large)];
        var accepted = (await world.Lifecycle.InstantiateAppInstancesAsync(Together(ids))).Operations;
        Assert.Equal(ids, accepted.Select(o => o.AppInstanceId));
        Assert.Equal(["edge-a-2", MeoWorld.HostId], accepted.Select(o => o.Placement.HostId));
        foreach (var operation in accepted)
        {
            Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        }

        Assert.Equal(12000, await world.Held());
    }

    [Fact]
    public async Task If_one_has_no_host_none_is_accepted_and_nothing_is_held()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2", vcpus: 4));
        var package = await world.Onboard(vcpus: 5);
        string[] ids = [await world.Create(package), await world.Create(package)];
        var refusal = await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstancesAsync(Together(ids)));
        Assert.Equal("NO_HOST", refusal.Reason);
        Assert.StartsWith("None of the 2 is placed: for app-instance/", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, await world.Held());
        Assert.Empty((await world.Operations.ListOperationsAsync(new())).Operations);
    }

    [Fact]
    public async Task If_one_runs_already_none_is_accepted_and_nothing_more_is_held()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard();
        string[] ids = [await world.Create(package), await world.Running(package)];
        await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.InstantiateAppInstancesAsync(Together(ids)));
        Assert.Equal(2000, await world.Held());
        Assert.Equal("", (await world.Get(ids[0])).RunningOperationId);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_operations()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard();
        string[] ids = [await world.Create(package), await world.Create(package)];
        var key = new Metadata { { "idempotency-key", "both" } };
        var first = (await world.Lifecycle.InstantiateAppInstancesAsync(Together(ids), key)).Operations;
        await world.EndOf(first[1]);
        var again = (await world.Lifecycle.InstantiateAppInstancesAsync(Together(ids), key)).Operations;
        Assert.Equal(first.Select(o => o.OperationId), again.Select(o => o.OperationId));
        var refusal = await Refused.With(StatusCode.AlreadyExists, () => world.Lifecycle.InstantiateAppInstancesAsync(Together(ids[1], ids[0]), key));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", refusal.Reason);
    }

    [Fact]
    public async Task Every_fault_of_every_member_is_named()
    {
        await using var world = await MeoWorld.Start();
        var request = Together("a", "a", "");
        request.Members[1].Constraints = new() { CountryCode = "DEU" };
        request.Members[0].TerminationOptions.Add(new TerminationOption());
        var refusal = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstancesAsync(request));
        Assert.Equal(
            ["members[0].termination_options", "members[1].constraints.country_code", "members[1].app_instance_id", "members[2].app_instance_id"], refusal.Paths());
        await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstancesAsync(new()));
    }

    [Fact]
    public async Task Members_of_a_group_who_come_at_once_still_stand_apart()
    {
        var hosts = Enumerable.Range(1, 6).Select(i => MeoWorld.AHost($"edge-a-{i}")).ToArray();
        await using var world = await MeoWorld.Start(null, hosts);
        var package = await world.Onboard(vcpus: 1);
        var ids = new List<string>();
        for (var i = 0; i < hosts.Length; i++)
        {
            ids.Add(await world.Create(package));
        }

        var answers = await Task.WhenAll(ids.Select(async id => (await world.Lifecycle.InstantiateAppInstanceAsync(new()
        {
            AppInstanceId = id, Constraints = new() { AntiAffinityGroups = { "web" } },
        })).Operation));
        Assert.Equal(hosts.Length, answers.Select(a => a.Placement.HostId).Distinct().Count());
    }

    private static InstantiateAppInstancesRequest Together(params string[] ids) =>
        new() { Members = { ids.Select(id => new InstantiateAppInstanceRequest { AppInstanceId = id }) } };
}
