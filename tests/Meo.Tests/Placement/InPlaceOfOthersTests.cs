using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;
using State = Mano.Lifecycle.V1.AppInstance.Types.InstantiationState;

namespace Mano.Meo.Tests.Placement;

/// <summary>Room that is made by terminating those whom the caller has named, and nobody else.</summary>
public sealed class InPlaceOfOthersTests
{
    [Fact]
    public async Task Without_a_name_nobody_leaves()
    {
        await using var world = await MeoWorld.Start();
        var old = await world.Running(await world.Onboard("old-d", vcpus: 6));
        var newcomer = await world.Create(await world.Onboard("new-d", vcpus: 6));
        await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = newcomer }));
        Assert.Equal(State.Instantiated, (await world.Get(old)).InstantiationState);
    }

    [Fact]
    public async Task Whom_the_caller_names_leaves_first_and_then_the_newcomer_runs()
    {
        await using var world = await MeoWorld.Start();
        var old = await world.Running(await world.Onboard("old-d", vcpus: 6));
        var newcomer = await world.Create(await world.Onboard("new-d", vcpus: 6));
        var request = Instead(newcomer, [old]);

        var would = await world.Placement.ExplainPlacementAsync(new() { AppInstanceId = newcomer, TerminationOptions = { request.TerminationOptions } });
        Assert.Equal((MeoWorld.HostId, old), (would.Decision.HostId, Assert.Single(would.TerminatedAppInstanceIds)));
        Assert.Equal(6000, await world.Held());

        Assert.Equal(Ended.Completed, (await world.EndOf((await world.Lifecycle.InstantiateAppInstanceAsync(request)).Operation)).State);
        Assert.Equal((State.NotInstantiated, State.Instantiated), ((await world.Get(old)).InstantiationState, (await world.Get(newcomer)).InstantiationState));
        Assert.Equal(6000, await world.Held());

        // The site was asked to take the old one away before it heard of the new one.
        Assert.Equal(newcomer, Assert.Single(world.Site.Instances).AppInstanceId);
        Assert.Contains(world.Site.Removals, r => r.AppInstanceId == old);
    }

    [Fact]
    public async Task The_site_hears_of_the_newcomer_when_the_other_has_left_and_not_before()
    {
        await using var world = await MeoWorld.Start();
        var old = await world.Running(await world.Onboard("old-d", vcpus: 6));
        var newcomer = await world.Create(await world.Onboard("new-d", vcpus: 6));
        var port = await world.Vanish();
        var operation = (await world.Lifecycle.InstantiateAppInstanceAsync(Instead(newcomer, [old]))).Operation;
        await Eventually.Is(async () => (await world.Operations.GetOperationAsync(new() { OperationId = operation.OperationId }))
            .Operation.Steps.Any(s => s.Message.StartsWith("waits for room: 1 of 1", StringComparison.Ordinal)));
        Assert.NotEqual("", (await world.Get(old)).RunningOperationId);

        // Both are promised the host's room now, and a third gets none of it.
        var third = await world.Create(await world.Onboard("third-d", vcpus: 2));
        await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstanceAsync(Instead(third, [old])));
        await world.Reappear(port);
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        Assert.Equal(6000, await world.Held());
    }

    [Fact]
    public async Task Of_an_option_only_those_go_that_are_in_the_way_and_of_the_options_the_first_that_makes_room()
    {
        await using var world = await MeoWorld.Start(null, MeoWorld.AHost(), MeoWorld.AHost("edge-a-2"));
        var (small, middle) = (await world.Onboard("small-d", vcpus: 2), await world.Onboard("middle-d", vcpus: 4));
        var here = new[] { await On(world, MeoWorld.HostId, small), await On(world, MeoWorld.HostId, small), await On(world, MeoWorld.HostId, middle) };
        var there = await On(world, "edge-a-2", await world.Onboard("large-d", vcpus: 8));
        var newcomer = await world.Create(middle);

        var would = await world.Placement.ExplainPlacementAsync(new()
        {
            AppInstanceId = newcomer, TerminationOptions = { new TerminationOption { AppInstanceIds = { here[0] } }, new TerminationOption { AppInstanceIds = { here } } },
        });
        Assert.Equal(MeoWorld.HostId, would.Decision.HostId);
        Assert.Equal(4000, would.TerminatedAppInstanceIds.Sum(id => id == here[2] ? 4000 : 2000));

        var ended = await world.EndOf((await world.Lifecycle.InstantiateAppInstanceAsync(Instead(newcomer, [here[0]], here))).Operation);
        Assert.Equal(Ended.Completed, ended.State);
        Assert.Equal(State.Instantiated, (await world.Get(there)).InstantiationState);
        Assert.Equal(16000, await world.Held());
    }

    [Fact]
    public async Task Options_that_make_no_room_are_said_and_leave_everything_as_it_was()
    {
        await using var world = await MeoWorld.Start();
        var old = await world.Running(await world.Onboard("old-d", vcpus: 6));
        var newcomer = await world.Create(await world.Onboard("new-d", vcpus: 12));
        var refusal = await Refused.With(
            StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstanceAsync(Instead(newcomer, [old], [newcomer], ["no-such-instance"])));
        Assert.EndsWith("and none of the 3 termination options makes room.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((State.Instantiated, ""), ((await world.Get(old)).InstantiationState, (await world.Get(old)).RunningOperationId));

        var faults = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(Instead(newcomer, options: [[]])));
        Assert.Equal(["termination_options.app_instance_ids"], faults.Paths());
    }

    [Fact]
    public async Task Of_two_who_would_take_the_same_place_one_gets_it()
    {
        await using var world = await MeoWorld.Start();
        var old = await world.Running(await world.Onboard("old-d", vcpus: 6));
        var package = await world.Onboard("new-d", vcpus: 6);
        string[] newcomers = [await world.Create(package), await world.Create(package)];
        var answers = await Task.WhenAll(newcomers.Select(async id =>
        {
            try
            {
                return (await world.Lifecycle.InstantiateAppInstanceAsync(Instead(id, [old]))).Operation;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.ResourceExhausted or StatusCode.Aborted)
            {
                return null;
            }
        }));
        var winner = Assert.Single(answers, a => a is not null)!;
        Assert.Equal(Ended.Completed, (await world.EndOf(winner)).State);
        Assert.Equal(6000, await world.Held());
    }

    private static InstantiateAppInstanceRequest Instead(string instance, params string[][] options)
    {
        var request = new InstantiateAppInstanceRequest { AppInstanceId = instance };
        request.TerminationOptions.AddRange(options.Select(o => new TerminationOption { AppInstanceIds = { o } }));
        return request;
    }

    private static async Task<string> On(MeoWorld world, string host, string package)
    {
        var id = await world.Create(package);
        var ended = await world.EndOf((await world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, Constraints = new() { HostId = host } })).Operation);
        Assert.Equal(Ended.Completed, ended.State);
        return id;
    }
}
