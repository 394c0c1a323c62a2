namespace Mano.Sagas.Tests;

public sealed class LegalMovesTests
{
    [Fact]
    public void Illegal_move_from_Succeeded_to_Started_names_both_states_and_the_allowed_ones()
    {
        var thrown = Assert.Throws<IllegalMoveException>(() => LegalMoves.Check("op1", "compute", StepState.Succeeded, StepState.Started));
        Assert.Equal(
            "Illegal move of step compute of operation op1 from Succeeded to Started; from Succeeded it may go to: UndoStarted.", thrown.Message);
    }

    [Fact]
    public void Illegal_move_out_of_a_final_state_says_that_it_is_final()
    {
        var thrown = Assert.Throws<IllegalMoveException>(() => LegalMoves.Check("op1", OperationState.Completed, OperationState.Unwinding));
        Assert.Contains("from Completed to Unwinding", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("final", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_state_has_its_moves_and_the_final_ones_are_four()
    {
        Assert.All(Enum.GetValues<StepState>(), state => Assert.NotNull(LegalMoves.After(state)));
        Assert.Equal(
            [OperationState.Completed, OperationState.RolledBack, OperationState.Cancelled, OperationState.Failed],
            Enum.GetValues<OperationState>().Where(state => state.IsFinal()));
    }

    [Fact]
    public void A_table_refuses_two_steps_of_one_name_and_an_undo_after_the_point_of_no_return()
    {
        var saga = new SagaBuilder<StartApp>().Final(StepKey.Plain("a"), (_, _) => Task.FromResult<Mano.Mesh.Failures.Outcome<Done>>(Done.It));
        Assert.Throws<ArgumentException>(() => saga.Final(StepKey.Plain("a"), (_, _) => Task.FromResult<Mano.Mesh.Failures.Outcome<Done>>(Done.It)));
        Assert.Throws<ArgumentException>(() => saga.Effect(
            StepKey.Plain("b"), (_, _) => Task.FromResult<Mano.Mesh.Failures.Outcome<Done>>(Done.It), undo: (_, _) => Task.CompletedTask));
    }
}
