using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Sagas.Tests;

/// <summary>Every unfinished operation has an owner and an end in sight, whatever restarts; and what has neither is counted.</summary>
public sealed class NeverStuckTests
{
    private static readonly SagaOptions TwoMinutes = new() { LeaseTime = TimeSpan.FromDays(30), UndoBudget = TimeSpan.FromMinutes(2) };

    private static Func<StepContext<StartApp>, CancellationToken, Task> Forever(Lab lab) => (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);

    [Fact]
    public async Task A_deadline_counts_on_while_the_process_is_down()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1", TimeSpan.FromMinutes(10));
        await Eventually.Is(() => lab.World.Computes.Count == 1);
        var deadline = (await lab.Record("op1")).Deadline;
        for (var restart = 0; restart < 3; restart++)
        {
            lab.Clock.Advance(TimeSpan.FromMinutes(3));
            await lab.Restart();
            Assert.Equal((OperationState.Running, deadline), ((await lab.Record("op1")).State, (await lab.Record("op1")).Deadline));
        }

        await lab.Engine.DisposeAsync();
        lab.Clock.Advance(TimeSpan.FromMinutes(2));
        await lab.Restart();
        var ended = await lab.Ended("op1");
        Assert.Equal((OperationState.RolledBack, "OPERATION_DEADLINE"), (ended.State, ended.Failure!.Reason));
        Assert.All(lab.World.CleanSlate("a1"), question => Assert.True(question.Ask().Result, question.Name));
    }

    [Fact]
    public async Task The_budget_of_an_undo_is_not_given_anew_by_every_restart()
    {
        await using var lab = await Lab.Started(options: TwoMinutes);
        lab.ExpectError(8007);
        lab.Hooks["EnsureCompute"] = (_, _) => throw Failure.NoCapacity("FULL", "Full.").ToException();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => throw Failure.Unavailable("AWAY", "Away.").ToException();
        await lab.Accept("op1");
        await lab.Is("op1", OperationState.Unwinding);
        var began = lab.Clock.GetUtcNow();
        for (var restart = 0; restart < 5; restart++)
        {
            lab.Clock.Advance(TimeSpan.FromSeconds(20));
            await lab.Restart();
            Assert.Equal(OperationState.Unwinding, (await lab.Record("op1")).State);
        }

        await lab.Drive("op1", OperationState.NeedsAttention, TimeSpan.FromSeconds(16));
        Assert.InRange(lab.Clock.GetUtcNow() - began, TimeSpan.FromMinutes(1.9), TimeSpan.FromMinutes(2.7));
    }

    [Theory]
    [InlineData("EnsureGrant")]
    [InlineData("HoldCapacity")]
    [InlineData("EnsureCompute")]
    [InlineData("ApplyRules")]
    public async Task Terminate_pre_empts_whichever_step_is_under_way(string call)
    {
        await using var lab = await Lab.Started();
        lab.Hooks[call] = Forever(lab);
        await lab.Accept("op1");
        await Eventually.Is(async () => (await lab.Record("op1")).Steps.Any(step => step.State == StepState.Started));
        Assert.False((await lab.AcceptStop("op2")).IsRefused);
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);
        Assert.Equal(OperationState.Cancelled, (await lab.Record("op1")).State);
        Assert.All(lab.World.CleanSlate("a1"), question => Assert.True(question.Ask().Result, question.Name));
    }

    [Fact]
    public async Task Terminate_pre_empts_one_that_is_being_undone_and_one_that_needs_attention()
    {
        await using var lab = await Lab.Started(options: TwoMinutes);
        lab.ExpectError(8007);
        lab.Hooks["EnsureCompute"] = (_, _) => throw Failure.NoCapacity("FULL", "Full.").ToException();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => throw Failure.Unavailable("AWAY", "Away.").ToException();
        await lab.Accept("op1");
        await lab.Is("op1", OperationState.Unwinding);
        Assert.False((await lab.AcceptStop("op2")).IsRefused);
        await lab.Drive("op1", OperationState.Failed, TimeSpan.FromSeconds(16)); // its budget over, it gives up in favour of the other one
        Assert.Equal(OperationState.Completed, (await lab.Ended("op2")).State);

        await lab.Accept("op3");
        await lab.Drive("op3", OperationState.NeedsAttention, TimeSpan.FromSeconds(16));
        Assert.False((await lab.AcceptStop("op4")).IsRefused);
        Assert.Equal(OperationState.Completed, (await lab.Ended("op4")).State);
        Assert.Equal(OperationState.Failed, (await lab.Record("op3")).State);
    }

    [Fact]
    public async Task What_has_passed_every_time_it_has_is_overdue_and_nothing_else_is()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = Forever(lab);
        await lab.Accept("op1", TimeSpan.FromMinutes(10));
        var running = await lab.Record("op1");
        Assert.False(IsOverdue(running, running.Deadline + TimeSpan.FromSeconds(30)));
        Assert.True(IsOverdue(running, running.Deadline + TimeSpan.FromMinutes(2)));

        var unwinding = running with { State = OperationState.Unwinding };
        Assert.False(IsOverdue(unwinding, running.Deadline + TimeSpan.FromMinutes(30)));
        Assert.True(IsOverdue(unwinding, running.Deadline + TimeSpan.FromHours(4)));
        Assert.False(IsOverdue(running with { State = OperationState.NeedsAttention }, running.Deadline + TimeSpan.FromDays(1)));
        Assert.True(IsOverdue(running with { State = OperationState.Waiting }, running.Deadline + TimeSpan.FromHours(5)));
        Assert.Equal(["op1"], lab.Engine.Unfinished.Select(operation => operation.Id));
    }

    private static bool IsOverdue(OperationRecord operation, DateTimeOffset now) => OperationGauges.IsOverdue(operation, new SagaOptions(), now);
}
