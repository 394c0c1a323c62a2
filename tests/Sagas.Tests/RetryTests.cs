using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;

namespace Mano.Sagas.Tests;

public sealed class RetryTests
{
    private static readonly Exception Away = Failure.Unavailable("SITE_UNREACHABLE", "Site north does not answer.").ToException();

    [Fact]
    public async Task A_step_whose_site_is_away_is_tried_again_with_growing_delays_and_says_so()
    {
        await using var lab = await Lab.Started();
        var tries = new List<DateTimeOffset>();
        lab.Hooks["EnsureCompute"] = (step, _) =>
        {
            lock (tries)
            {
                tries.Add(lab.Clock.GetUtcNow());
                return tries.Count <= 4 ? throw Away : Task.CompletedTask;
            }
        };
        await lab.Accept("op1");
        await Eventually.Is(async () => (await lab.Record("op1")).Step("compute").Note == "trying again: Site north does not answer.");
        await lab.Drive("op1", OperationState.Completed, TimeSpan.FromSeconds(16));
        var delays = tries.Zip(tries.Skip(1), (a, b) => b - a).ToList();
        Assert.Equal(4, delays.Count);
        Assert.All(delays.Select((delay, i) => delay.TotalMilliseconds / (100 * (1 << i))), part => Assert.InRange(part, 0.5, 1.0));
        Assert.Equal(5, (await lab.Record("op1")).Step("compute").Attempts);
    }

    [Fact]
    public async Task A_step_that_stays_away_is_undone_at_the_deadline_with_the_last_failure_in_the_sentence()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = (_, _) => throw Away;
        await lab.Accept("op1", TimeSpan.FromSeconds(30));
        await Eventually.Is(async () => (await lab.Record("op1")).Step("compute").Note == "trying again: Site north does not answer.");
        await lab.Drive("op1", OperationState.RolledBack);
        var record = await lab.Record("op1");
        Assert.Equal((FailureKind.DeadlineExceeded, "OPERATION_DEADLINE"), (record.Failure!.Kind, record.Failure.Reason));
        Assert.Contains("after 30 s, while step compute was under way. Its last failure: Site north does not answer.", record.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(lab.World.Grants);
        Assert.InRange(lab.Clock.GetUtcNow(), record.Deadline, record.Deadline + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_step_that_waits_for_ever_is_interrupted_at_the_deadline()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["ApplyRules"] = (_, cancel) => Task.Delay(Timeout.InfiniteTimeSpan, lab.Clock, cancel);
        await lab.Accept("op1", TimeSpan.FromSeconds(30));
        await Eventually.Is(() => lab.World.Calls.Contains("EnsureCompute"));
        await lab.Drive("op1", OperationState.RolledBack);
        Assert.Equal("OPERATION_DEADLINE", (await lab.Record("op1")).Failure!.Reason);
    }

    [Theory]
    [InlineData(FailureKind.NoCapacity)]
    [InlineData(FailureKind.InvalidInput)]
    [InlineData(FailureKind.Internal)]
    public async Task What_trying_again_cannot_cure_is_undone_at_once(FailureKind kind)
    {
        await using var lab = await Lab.Started();
        var tries = 0;
        lab.Hooks["EnsureCompute"] = (_, _) =>
        {
            tries++;
            throw new Failure(kind, "NO", "No.", Retryable: true).ToException();
        };
        await lab.Accept("op1");
        var record = await lab.Ended("op1");
        Assert.Equal((OperationState.RolledBack, "NO", 1), (record.State, record.Failure!.Reason, tries));
        Assert.Equal(
            ["EnsureGrant", "HoldCapacity", "DeleteComputeIfAny", "ReleaseCapacity", "GiveBackGrant"], lab.World.Calls);
        Assert.Equal(
            [StepState.UndoFinished, StepState.Succeeded, StepState.UndoFinished, StepState.UndoFinished, StepState.Pending],
            record.Steps.Select(step => step.State));
    }

    [Fact]
    public async Task A_bug_in_a_step_is_undone_and_named()
    {
        await using var lab = await Lab.Started();
        lab.Hooks["EnsureCompute"] = (_, _) => throw new DivideByZeroException("oops");
        await lab.Accept("op1");
        var record = await lab.Ended("op1");
        Assert.Equal(("BUG", "DivideByZeroException: oops"), (record.Failure!.Reason, record.Failure.Message));
    }

    [Fact]
    public async Task An_undo_that_keeps_failing_ends_in_NeedsAttention_with_an_alarm_and_is_left_alone()
    {
        await using var lab = await Lab.Started();
        lab.ExpectError(8007);
        var (undos, cured) = (0, false);
        lab.Hooks["EnsureCompute"] = (_, _) => throw Failure.NoCapacity("FULL", "Full.").ToException();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) =>
        {
            undos++;
            return cured ? Task.CompletedTask : throw new InvalidOperationException("no rights");
        };
        await lab.Accept("op1");
        await lab.Drive("op1", OperationState.NeedsAttention, TimeSpan.FromSeconds(16));
        await Eventually.Is(() => lab.Logs.Lines.Any(line => line.EventId == 8007));
        var alarm = Assert.Single(lab.Logs.Lines, line => line.EventId == 8007);
        Assert.Contains("step compute gave up", alarm.Text, StringComparison.Ordinal);
        Assert.Equal(lab.Options.UndoAttempts, undos);
        lab.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(lab.Options.UndoAttempts, undos);
        Assert.Equal((StepState.UndoFailed, "FULL"), ((await lab.Record("op1")).Step("compute").State, (await lab.Record("op1")).Failure!.Reason));
        Assert.Equal(MecOperationState.FailedTemp, MecStates.Of(await lab.Record("op1")));

        cured = true;
        Assert.False((await lab.Engine.Retry(Lab.Tenant, "op1", "an operator")).IsRefused);
        await lab.Is("op1", OperationState.RolledBack);
        Assert.All(lab.World.CleanSlate("a1"), question => Assert.True(question.Ask().Result, question.Name));
    }

    [Fact]
    public async Task An_undo_whose_site_is_away_is_tried_for_the_whole_budget_and_across_restarts()
    {
        await using var lab = await Lab.Started(options: new() { LeaseTime = TimeSpan.FromDays(30), UndoBudget = TimeSpan.FromMinutes(2) });
        lab.ExpectError(8007);
        lab.Hooks["EnsureCompute"] = (_, _) => throw Failure.NoCapacity("FULL", "Full.").ToException();
        lab.Hooks["DeleteComputeIfAny"] = (_, _) => throw Away;
        await lab.Accept("op1");
        await lab.Is("op1", OperationState.Unwinding);
        await lab.Restart();
        var began = lab.Clock.GetUtcNow();
        await lab.Drive("op1", OperationState.NeedsAttention, TimeSpan.FromSeconds(16));
        Assert.InRange(lab.Clock.GetUtcNow() - began, TimeSpan.FromMinutes(1.9), TimeSpan.FromMinutes(2.5));
        Assert.False((await lab.Engine.Fail(Lab.Tenant, "op1", "an operator")).IsRefused);
        await lab.Is("op1", OperationState.Failed);
        Assert.False((await lab.Engine.Accept<HookedStop, StartApp>(Lab.New("op2"))).IsRefused);
    }

    [Fact]
    public async Task A_step_past_the_point_of_no_return_needs_attention_and_goes_forward_on_retry()
    {
        await using var lab = await Lab.Started();
        lab.ExpectError(8007);
        lab.World.Computes.Add("a1");
        lab.Hooks["RemoveFromSite"] = (_, _) => throw Failure.Forbidden("NO_RIGHTS", "The site refuses.").ToException();
        await lab.Engine.Accept<HookedStop, StartApp>(Lab.New("op1"));
        await lab.Is("op1", OperationState.NeedsAttention);
        lab.Hooks.Clear();
        lab.Clock.Advance(TimeSpan.FromHours(3));
        await lab.Engine.Retry(Lab.Tenant, "op1", "an operator");
        await lab.Is("op1", OperationState.Completed);
        Assert.Empty(lab.World.Computes);
        Assert.Null((await lab.Record("op1")).Failure);
    }

    [Fact]
    public async Task A_store_that_loses_answers_neither_loses_nor_repeats_a_move()
    {
        var trouble = default(CountingStore);
        await using var lab = await Lab.Started(clock => trouble = new(new Mesh.State.InMemory.MemoryStateStore(clock)));
        await lab.Accept("op1");
        await lab.Ended("op1");
        for (var lost = 1; lost <= 4; lost++)
        {
            foreach (var committed in new[] { true, false })
            {
                var (id, first) = ($"op-{lost}-{committed}", trouble!.Commits + 1);
                trouble.Trouble = n => n == first + lost ? committed : null;
                lab.World.ForgetCalls();
                await lab.Accept(id);
                await lab.Drive(id, OperationState.Completed, TimeSpan.FromSeconds(1));
                Assert.Equal(["EnsureGrant", "HoldCapacity", "EnsureCompute", "ApplyRules"], lab.World.Calls);
                await Eventually.Is(() =>
                {
                    // Its last move may have been made and not answered: then it waits for a moment.
                    lab.Clock.AdvanceToNextTimer(TimeSpan.FromSeconds(1));
                    return lab.Engine.InFlight == 0;
                });
            }
        }
    }
}
