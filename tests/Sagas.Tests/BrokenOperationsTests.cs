using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Testing;
using Mano.Testing.Operations;
using Xunit.Sdk;

namespace Mano.Sagas.Tests;

/// <summary>The contract test is worth something only if it goes red for an operation that breaks a rule.</summary>
public sealed class BrokenOperationsTests
{
    [Fact]
    public async Task An_undo_that_does_nothing_is_found_by_the_question_it_leaves_unanswered()
    {
        var red = await Red(new Contract<UndoDoesNothing>(world => new(world)));
        Assert.Contains("NoComputeFor: no", red, StringComparison.Ordinal);
        Assert.Contains("LoseReply (final) x1 in compute", red, StringComparison.Ordinal);
        Assert.DoesNotContain("NoGrantOpen: no", red, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_made_up_in_the_step_instead_of_taken_from_the_caller_is_found()
    {
        var red = await Red(new Contract<FreshIdEveryTime>(world => new(world)));
        Assert.Contains("CrashAfter x1 in compute", red, StringComparison.Ordinal);
        Assert.Contains("OneComputeFor: no", red, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_that_works_from_its_own_steps_output_is_found_where_the_reply_was_lost()
    {
        var red = await Red(new Contract<UndoFromOutput>(world => new(world)));
        Assert.Contains("LoseReply (final) x1 in compute", red, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undo_that_cannot_be_repeated_is_found()
    {
        var contract = new Contract<UndoOnlyOnce>(world => new(world));
        var red = (await Assert.ThrowsAnyAsync<XunitException>(contract.Every_fault_in_an_undo_ends_in_a_clean_slate)).Message;
        Assert.Contains("in undo of grant", red, StringComparison.Ordinal);
    }

    private static async Task<string> Red<T>(Contract<T> contract)
        where T : StartAppOperation =>
        (await Assert.ThrowsAnyAsync<XunitException>(contract.Every_fault_in_a_step_ends_completed_or_in_a_clean_slate)).Message;

#pragma warning disable xUnit1000 // not to be found as tests of their own: they are meant to fail
    private sealed class Contract<T>(Func<EdgeWorld, T> make) : OperationContract<T, StartApp>
        where T : StartAppOperation, IOperation<StartApp>
    {
        protected override Task<OperationWorld<T, StartApp>> NewWorld(IStateStore store, ManualClock clock)
        {
            var world = new EdgeWorld();
            return Task.FromResult(new OperationWorld<T, StartApp>
            {
                Operation = make(world), Input = new("a1", "north"), CleanSlate = world.CleanSlate("a1"), Done = world.AllThere("a1"),
            });
        }
    }
#pragma warning restore xUnit1000

    private sealed class UndoDoesNothing(EdgeWorld world) : StartAppOperation(world)
    {
        protected override Task DeleteComputeIfAny(StepContext<StartApp> step, CancellationToken cancel) => Task.CompletedTask;
    }

    private sealed class FreshIdEveryTime(EdgeWorld world) : StartAppOperation(world)
    {
        private readonly SequentialIds ids = new();

        protected override async Task<Outcome<ComputeRef>> EnsureCompute(StepContext<StartApp> step, CancellationToken cancel)
        {
            var id = ids.NewId();
            await Did("EnsureCompute", () => World.Computes.Add(id));
            return new ComputeRef(id, "127.1.2.3");
        }

        protected override Task DeleteComputeIfAny(StepContext<StartApp> step, CancellationToken cancel) =>
            Did("DeleteComputeIfAny", () => World.Computes.Remove(step.Record.TryOutput(Booted, out var made) ? made!.ComputeId : "?"));
    }

    private sealed class UndoFromOutput(EdgeWorld world) : StartAppOperation(world)
    {
        protected override Task DeleteComputeIfAny(StepContext<StartApp> step, CancellationToken cancel) =>
            step.Record.TryOutput(Booted, out var made) ? Did("DeleteComputeIfAny", () => World.Computes.Remove(made!.ComputeId)) : Task.CompletedTask;
    }

    private sealed class UndoOnlyOnce(EdgeWorld world) : StartAppOperation(world)
    {
        protected override Task GiveBackGrant(StepContext<StartApp> step, CancellationToken cancel) => Did(
            "GiveBackGrant",
            () =>
            {
                if (!World.Grants.Remove(step.Input.AppInstanceId))
                {
                    throw new InvalidOperationException("no such grant");
                }
            });
    }
}
