using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Sagas.Tests;

/// <summary>An operation that takes over ends whatever is in its way at once, in whatever state that is; nothing is undone twice or waited for.</summary>
public sealed class TakeOverTests
{
    private static Func<StepContext<StartApp>, CancellationToken, Task> Forever(Lab lab) => (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);

    [Fact]
    public async Task A_running_step_is_interrupted_and_nothing_of_it_is_undone()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);

        await TakeOver(lab, "op2");
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        var first = await lab.Record("op1");
        Assert.Equal((OperationState.Failed, "TAKEN_OVER"), (first.State, first.Failure!.Reason));
        Assert.Contains("op2", first.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("DeleteComputeIfAny", lab.World.Calls);
        Assert.Equal(["RemoveFromSite", "Release"], lab.World.Calls.TakeLast(2));
        await NoLocks(lab);
    }

    [Fact]
    public async Task An_undo_that_waits_is_interrupted()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        lab.Hooks["DeleteComputeIfAny"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        await lab.Engine.Cancel(Lab.Tenant, "op1", "the OSS");
        await lab.Is("op1", OperationState.Unwinding);

        await TakeOver(lab, "op2");
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op1")).State);
        await NoLocks(lab);
    }

    [Fact]
    public async Task A_step_past_the_point_of_no_return_is_interrupted()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["RemoveFromSite"] = (step, cancel) => step.OperationId == "op1" ? Forever(lab)(step, cancel) : Task.CompletedTask;
        await lab.AcceptStop("op1");
        await lab.Is("op1", OperationState.Running);

        await TakeOver(lab, "op2");
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op1")).State);
        await NoLocks(lab);
    }

    [Fact]
    public async Task One_that_needs_attention_and_one_that_waits_behind_it_both_give_way()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        var release = new TaskCompletionSource();
        lab.Hooks["DeleteComputeIfAny"] = (_, cancel) => release.Task.WaitAsync(cancel);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        await lab.AcceptStop("op2");
        await lab.Is("op1", OperationState.Unwinding);
        Assert.Equal(OperationState.Waiting, (await lab.Record("op2")).State);

        await TakeOver(lab, "op3");
        Assert.Equal(OperationState.Completed, (await lab.Ended("op3")).State);
        Assert.Equal(OperationState.Failed, (await lab.Ended("op1")).State);
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op2")).State);
        await NoLocks(lab);
    }

    [Fact]
    public async Task It_is_not_forgotten_by_a_restart()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        await lab.Engine.DisposeAsync();
        await TakeOver(lab, "op2");
        Assert.Equal(OperationState.Running, (await lab.Record("op1")).State);

        await lab.Restart();
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op1")).State);
        await NoLocks(lab);
    }

    [Fact]
    public async Task An_operation_that_it_may_not_take_over_refuses_it()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1");
        var refused = await lab.Engine.Accept<HookedStop, StartApp>(Lab.New("op2") with { TakesOver = [HookedStop.Name] });
        Assert.Equal(("OPERATION_RUNNING", "op1"), (refused.Failure!.Reason, refused.Failure.Subject));
    }

    [Fact]
    public async Task A_stuck_operation_gives_way_to_one_that_pre_empts_the_stuck_and_a_busy_one_does_not()
    {
        await using var lab = await Lab.Started();
        lab.ExpectError(8007);
        lab.Hooks["RemoveFromSite"] = (step, cancel) => step.OperationId == "op1" ? Forever(lab)(step, cancel) : Task.CompletedTask;
        await lab.AcceptStop("op1");
        var second = Lab.New("op2") with { PreemptsStuck = [HookedStop.Name] };
        Assert.Equal("OPERATION_RUNNING", (await lab.Engine.Accept<HookedStop, StartApp>(second)).Failure!.Reason);

        lab.Clock.Advance(TimeSpan.FromMinutes(11));
        await lab.Drive("op1", OperationState.NeedsAttention);
        _ = (await lab.Engine.Accept<HookedStop, StartApp>(second)).Value;
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op1")).State);
        await NoLocks(lab);
    }

    private static async Task TakeOver(Lab lab, string id)
    {
        var accepted = await lab.Engine.Accept<HookedStop, StartApp>(Lab.New(id) with { TakesOver = [HookedStart.Name, HookedStop.Name] });
        Assert.Equal(OperationState.Waiting, accepted.Value.Operation.Value.State);
    }

    private static Task NoLocks(Lab lab) => Eventually.Is(async () => (await lab.Store.Scan("operation-")).Entries.Count == 0, "no lock and no open entry is left");
}
