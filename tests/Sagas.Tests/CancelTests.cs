using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Sagas.Tests;

public sealed class CancelTests
{
    private static Func<StepContext<StartApp>, CancellationToken, Task> Forever(Lab lab) => (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);

    [Fact]
    public async Task Cancel_interrupts_the_waiting_step_and_undoes_everything_started()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        var asked = (await lab.Engine.Cancel(Lab.Tenant, "op1", "the OSS")).Value;
        Assert.True(asked.Value.IsCancelPending);
        var ended = await lab.Ended("op1");
        Assert.Equal((OperationState.Cancelled, "CANCELLED"), (ended.State, ended.Failure!.Reason));
        Assert.Contains("the OSS", ended.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(MecOperationState.Failed, MecStates.Of(ended));
        Assert.All(lab.World.CleanSlate("a1"), question => Assert.True(question.Ask().Result, question.Name));
    }

    [Fact]
    public async Task Cancel_during_a_back_off_does_not_wait_for_its_end()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = (_, _) => throw Failure.Unavailable("AWAY", "Away.").ToException();
        await lab.Accept("op1");
        await Eventually.Is(async () => (await lab.Record("op1")).Step("compute").Failure is not null);
        await lab.Engine.Cancel(Lab.Tenant, "op1", "the OSS");
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op1")).State);
    }

    [Fact]
    public async Task Cancel_is_not_forgotten_by_a_restart()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Capacity.Count == 1);
        await lab.Engine.DisposeAsync();
        await lab.Engine.Cancel(Lab.Tenant, "op1", "the OSS");
        Assert.Equal(OperationState.Running, (await lab.Record("op1")).State);
        await lab.Restart();
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op1")).State);
    }

    [Fact]
    public async Task Cancelling_again_or_while_it_is_undone_is_fine_and_after_the_end_names_the_state()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = Forever(lab);
        var release = new TaskCompletionSource();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => release.Task;
        await lab.Accept("op1");
        await Eventually.Is(async () => (await lab.Record("op1")).Step("compute").State == StepState.Started);
        Assert.False((await lab.Engine.Cancel(Lab.Tenant, "op1", "a")).IsRefused);
        Assert.False((await lab.Engine.Cancel(Lab.Tenant, "op1", "b")).IsRefused);
        await lab.Is("op1", OperationState.Unwinding);
        Assert.False((await lab.Engine.Cancel(Lab.Tenant, "op1", "c")).IsRefused);
        release.SetResult();
        await lab.Ended("op1");
        var refused = (await lab.Engine.Cancel(Lab.Tenant, "op1", "d")).Failure!;
        Assert.Equal((FailureKind.IllegalState, "Cancelled"), (refused.Kind, refused.CurrentState));
        Assert.Contains("Running", refused.AllowedStates);
        Assert.Equal("OPERATION_NOT_FOUND", (await lab.Engine.Cancel(Lab.Tenant, "nope", "e")).Failure!.Reason);
    }

    [Fact]
    public async Task Retry_and_fail_are_for_operations_that_need_attention()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = Forever(lab);
        await lab.Accept("op1");
        Assert.Equal("Running", (await lab.Engine.Retry(Lab.Tenant, "op1", "x")).Failure!.CurrentState);
        Assert.Equal(["NeedsAttention"], (await lab.Engine.Fail(Lab.Tenant, "op1", "x")).Failure!.AllowedStates);
    }

    [Fact]
    public async Task Past_the_point_of_no_return_cancel_is_refused()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["RemoveFromSite"] = Forever(lab);
        await lab.Engine.Accept<HookedStop, StartApp>(Lab.New("op1"));
        var refused = (await lab.Engine.Cancel(Lab.Tenant, "op1", "x")).Failure!;
        Assert.Contains("cannot be undone", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_pre_empts_a_running_instantiate_waits_for_its_unwinding_and_then_runs()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        var release = new TaskCompletionSource();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => release.Task;
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        var accepted = (await lab.AcceptStop("op2")).Value.Operation.Value;
        Assert.Equal((OperationState.Waiting, MecOperationState.Starting), (accepted.State, MecStates.Of(accepted)));
        await lab.Is("op1", OperationState.Unwinding);
        Assert.Equal("op2", (await lab.AcceptStop("op3")).Failure!.Subject);
        Assert.DoesNotContain("RemoveFromSite", lab.World.Calls);
        release.SetResult();
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        var first = await lab.Record("op1");
        Assert.Equal(OperationState.Cancelled, first.State);
        Assert.Contains("op2", first.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(["RemoveFromSite", "Release"], lab.World.Calls.TakeLast(2));
        await Eventually.Is(async () => (await lab.Store.Scan("operation-")).Entries.Count == 0);
    }

    [Fact]
    public async Task A_pre_emption_survives_a_restart_at_any_moment()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        lab.Hooks["DeleteComputeIfAny"] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        await lab.AcceptStop("op2");
        await lab.Is("op1", OperationState.Unwinding);
        await lab.Restart();
        Assert.Equal(OperationState.Waiting, (await lab.Record("op2")).State);
        lab.Hooks.Clear();
        await lab.Restart();
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Cancelled, (await lab.Record("op1")).State);
    }

    [Fact]
    public async Task A_waiting_operation_can_be_cancelled_and_the_other_goes_on_unwinding()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        var release = new TaskCompletionSource();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => release.Task;
        await lab.Accept("op1");
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        await lab.AcceptStop("op2");
        await lab.Engine.Cancel(Lab.Tenant, "op2", "the OSS");
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op2")).State);
        release.SetResult();
        Assert.Equal(OperationState.Cancelled, (await lab.Ended("op1")).State);
        Assert.DoesNotContain("RemoveFromSite", lab.World.Calls);
        Assert.False((await lab.AcceptStop("op3")).IsRefused);
    }

    [Fact]
    public async Task Terminate_takes_over_from_an_operation_that_needs_attention()
    {
        await using var lab = await Lab.Started();
        lab.ExpectError(8007);
        lab.Hooks["ApplyRules"] = (_, _) => throw Failure.NoCapacity("FULL", "Full.").ToException();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => throw new InvalidOperationException("no rights");
        await lab.Accept("op1");
        await lab.Drive("op1", OperationState.NeedsAttention, TimeSpan.FromSeconds(16));
        Assert.False((await lab.AcceptStop("op2")).IsRefused);
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op1")).State);
        Assert.All(lab.World.CleanSlate("a1"), question => Assert.True(question.Ask().Result, question.Name));
    }
}
