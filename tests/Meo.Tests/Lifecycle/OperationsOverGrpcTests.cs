using Grpc.Core;
using Mano.Common.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>Operations that do not go straight to their end: refused, cancelled, overtaken, late, given up by the site.</summary>
public sealed class OperationsOverGrpcTests
{
    [Fact]
    public async Task A_second_operation_is_refused_naming_the_first()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var first = await world.Instantiate(id);

        var again = await Refused.With(StatusCode.Aborted, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id }));
        var operate = await Refused.With(
            StatusCode.Aborted, () => world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = OperateTo.Stopped }));
        var delete = await Refused.With(StatusCode.Aborted, () => world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id }));
        Assert.All([again, operate, delete], f => Assert.Equal(("OPERATION_RUNNING", first.OperationId), (f.Reason, f.Subject)));
        Assert.Equal(first.OperationId, (await world.Get(id)).RunningOperationId);
        Assert.Equal(2000, await world.Held());

        world.Site.Finish();
        Assert.Equal(Ended.Completed, (await world.EndOf(first)).State);
    }

    [Fact]
    public async Task Twenty_instantiations_at_once_make_one_operation()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            try
            {
                return (await world.Instantiate(id)).OperationId;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Aborted or StatusCode.FailedPrecondition)
            {
                return "";
            }
        }));
        Assert.Single(answers, a => a.Length > 0);
        Assert.Single((await world.Operations.ListOperationsAsync(new())).Operations);
        Assert.Equal(2000, await world.Held());
    }

    [Fact]
    public async Task A_cancelled_instantiation_is_undone_and_may_be_cancelled_twice()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id);
        await world.Lingers(id);

        var asked = (await world.Operations.CancelOperationAsync(new() { OperationId = operation.OperationId })).Operation;
        Assert.True(asked.CancelPending || asked.State == Ended.Processing, $"{asked}");
        await world.Operations.CancelOperationAsync(new() { OperationId = operation.OperationId });
        await Eventually.Is(() => !world.Site.Removals.IsEmpty, "the site is told to remove it");
        world.Site.Finish();

        var ended = await world.EndOf(operation);
        Assert.Equal((Ended.Failed, "Cancelled", "CANCELLED"), (ended.State, ended.DetailedState, ended.Failure.Reason));
        await world.AssertNothingLeft(id);
        var late = await Refused.With(StatusCode.FailedPrecondition, () => world.Operations.CancelOperationAsync(new() { OperationId = operation.OperationId }));
        Assert.Equal("Cancelled", late.CurrentState);
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Instantiate(id))).State);
    }

    [Fact]
    public async Task Terminate_overtakes_an_instantiation_which_is_undone_first()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var instantiate = await world.Instantiate(id);
        await world.Lingers(id);

        var terminate = await world.Terminate(id);
        Assert.Equal(Ended.Starting, terminate.State);
        var second = await Refused.With(StatusCode.Aborted, () => world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id }));
        Assert.Equal(terminate.OperationId, second.Subject);
        await Eventually.Is(() => !world.Site.Removals.IsEmpty, "the instantiation is being undone");
        world.Site.Finish();

        Assert.Equal("Cancelled", (await world.EndOf(instantiate)).DetailedState);
        Assert.Equal(Ended.Completed, (await world.EndOf(terminate)).State);
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task An_instantiation_past_its_deadline_is_undone_and_says_where_it_was()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id, TimeSpan.FromSeconds(5));
        await Eventually.Is(() => !world.Site.Removals.IsEmpty, "the deadline passed and the site is told");
        world.Site.Finish();

        var ended = await world.EndOf(operation);
        Assert.Equal((Ended.Failed, "RolledBack", "OPERATION_DEADLINE"), (ended.State, ended.DetailedState, ended.Failure.Reason));
        Assert.Contains("step ready", ended.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("Running: boots", ended.Failure.Message, StringComparison.Ordinal);
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task What_a_site_gives_up_on_is_undone_with_the_sites_own_reason()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.GiveUp;
        var id = await world.Create();

        var ended = await world.EndOf(await world.Instantiate(id));
        Assert.Equal((Ended.Failed, "RolledBack"), (ended.State, ended.DetailedState));
        Assert.Equal(("IMAGE_UNREADABLE", "The image cannot be read."), (ended.Failure.Reason, ended.Failure.Message));
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_stop_that_the_site_gives_up_on_leaves_the_instance_started()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        world.Site.Script = SiteScript.GiveUp;
        var stop = (await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = OperateTo.Stopped })).Operation;

        Assert.Equal(Ended.Failed, (await world.EndOf(stop)).State);
        Assert.Equal(AppInstance.Types.OperationalState.Started, (await world.Get(id)).OperationalState);
        Assert.Equal(Site.V1.DesiredAppInstance.Types.PowerState.Started, world.Site.Told.Last().PowerState);
    }

    [Fact]
    public async Task A_site_that_is_away_is_tried_again_until_it_is_back()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.BeAway;
        var operation = await world.Instantiate(await world.Create());
        await Eventually.Is(
            async () => (await world.Operations.GetOperationAsync(new() { OperationId = operation.OperationId })).Operation.Steps
                .Any(s => s.Message.StartsWith("trying again", StringComparison.Ordinal)),
            "the operation says that it tries again");

        world.Site.Script = SiteScript.Obey;
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
    }

    [Theory]
    [InlineData(StatusCode.Cancelled)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Internal)]
    public async Task A_site_that_breaks_the_watch_off_is_followed_again(StatusCode code)
    {
        await using var world = await MeoWorld.Start();
        world.Site.BreakWatches(code);
        await Eventually.Is(() => world.Site.Watched, "it is watched again");
        await world.Running();
    }

    [Fact]
    public async Task A_site_that_forgot_everything_is_told_again()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id);
        await world.Lingers(id);

        world.Site.Script = SiteScript.Obey;
        await world.Site.Restart(forget: true);
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        Assert.Equal(id, Assert.Single(world.Site.Instances).AppInstanceId);
    }

    [Fact]
    public async Task Terminate_waits_for_a_site_that_is_away_and_is_done_when_it_is_back()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        world.Site.Script = SiteScript.BeAway;
        var terminate = await world.Terminate(id);
        var refused = await Refused.With(
            StatusCode.FailedPrecondition, () => world.Operations.CancelOperationAsync(new() { OperationId = terminate.OperationId }));
        Assert.Contains("cannot be undone", refused.Message, StringComparison.Ordinal);

        world.Site.Script = SiteScript.Obey;
        Assert.Equal(Ended.Completed, (await world.EndOf(terminate)).State);
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_terminate_past_its_deadline_needs_attention_and_a_retry_ends_it()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        world.Site.Script = SiteScript.BeAway;
        var terminate = (await world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id, Timeout = new() { Seconds = 1 } })).Operation;
        await Eventually.Is(
            async () => (await world.Operations.GetOperationAsync(new() { OperationId = terminate.OperationId })).Operation.State == Ended.FailedTemp,
            "the operation needs attention");

        // The site's circuit may still be open for longer than the second that the operation has: then it is asked again.
        world.Site.Script = SiteScript.Obey;
        Google.Protobuf.WellKnownTypes.Timestamp? asked = null; // once for each time that it gave up: what was asked is acted upon a moment later
        await Eventually.Is(
            async () =>
            {
                var now = (await world.Operations.GetOperationAsync(new() { OperationId = terminate.OperationId })).Operation;
                if (now.State == Ended.FailedTemp && !now.StateEnteredTime.Equals(asked))
                {
                    asked = now.StateEnteredTime;
                    await world.Operations.RetryOperationAsync(new() { OperationId = terminate.OperationId });
                }

                return now.State == Ended.Completed;
            },
            "a retry ends it");
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_watch_gives_growing_revisions_and_ends_after_the_final_state()
    {
        await using var world = await MeoWorld.Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id);
        var watched = world.StatesOf(operation);
        await world.Lingers(id);
        world.Site.Finish();

        var states = await watched.Soon();
        Assert.Equal(Ended.Completed, states[^1].State);
        Assert.Equal(1, states.Count(s => s.State is Ended.Completed or Ended.Failed));
        Assert.Equal(states.Select(s => s.Revision).Order().Distinct(), states.Select(s => s.Revision));
        Assert.Equal([states[^1].Revision], (await world.StatesOf(operation).Soon()).Select(s => s.Revision));
    }

    [Fact]
    public async Task The_conditions_of_a_lost_site_are_unknown_and_say_what_was_last_known()
    {
        await using var world = await MeoWorld.Start(options => options with
        {
            Inventory = new()
            {
                HeartbeatInterval = TimeSpan.FromMilliseconds(100), SuspectAfter = TimeSpan.FromSeconds(8), LostAfter = TimeSpan.FromSeconds(10),
            },
        });
        await world.Inventory.HeartbeatAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
        var id = await world.Running();
        await Eventually.Is(
            async () => (await world.Get(id)).Conditions.All(c => c.Status == Condition.Types.Status.Unknown), "the site is lost");

        var condition = (await world.Get(id)).Conditions[0];
        Assert.Equal(("Allocated", "SITE_LOST"), (condition.Type, condition.Reason));
        Assert.Equal("site edge-a is not heard; last known: True", condition.Message);
        await world.Inventory.HeartbeatAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
        Assert.All((await world.Get(id)).Conditions, c => Assert.Equal(Condition.Types.Status.True, c.Status));
    }
}
