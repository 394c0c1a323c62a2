using Mano.Meo.Lifecycle;
using Mano.Mesh.Failures;

namespace Mano.Meo.Tests.Lifecycle;

public sealed class AppInstanceStatesTests
{
    [Theory]
    [InlineData("NotInstantiated", "Instantiate", "Started")]
    [InlineData("Started", "Stop", "Stopped")]
    [InlineData("Stopped", "Start", "Started")]
    [InlineData("Started", "Terminate", "NotInstantiated")]
    [InlineData("Stopped", "Terminate", "NotInstantiated")]
    public void Moves_as_the_standard_says(string from, string action, string to)
    {
        Assert.Null(AppInstanceStates.Refuse(State(from), Action(action), "i"));
        Assert.Equal(State(to), AppInstanceStates.After(State(from), Action(action)));
    }

    [Theory]
    [InlineData("NotInstantiated", "Start", "STOPPED")]
    [InlineData("NotInstantiated", "Stop", "STARTED")]
    [InlineData("NotInstantiated", "Terminate", "STARTED,STOPPED")]
    [InlineData("Started", "Instantiate", "NOT_INSTANTIATED")]
    [InlineData("Started", "Start", "STOPPED")]
    [InlineData("Started", "Delete", "NOT_INSTANTIATED")]
    [InlineData("Stopped", "Instantiate", "NOT_INSTANTIATED")]
    [InlineData("Stopped", "Stop", "STARTED")]
    [InlineData("Stopped", "Delete", "NOT_INSTANTIATED")]
    public void Refuses_any_other_and_names_the_states(string from, string action, string allowed)
    {
        var refusal = AppInstanceStates.Refuse(State(from), Action(action), "i");
        Assert.Equal(FailureKind.IllegalState, refusal?.Kind);
        Assert.Equal(State(from).Spelled(), refusal?.CurrentState);
        Assert.Equal(allowed, string.Join(',', refusal!.AllowedStates));
        Assert.Throws<InvalidOperationException>(() => AppInstanceStates.After(State(from), Action(action)));
    }

    [Fact]
    public void Illegal_move_from_NOT_INSTANTIATED_to_STOPPED_names_both_states() => Assert.Equal(
        "Illegal move from NOT_INSTANTIATED to STOPPED: stop is possible in STARTED.",
        Assert.Throws<InvalidOperationException>(() => AppInstanceStates.After(AppInstanceState.NotInstantiated, LifecycleAction.Stop)).Message);

    private static AppInstanceState State(string name) => Enum.Parse<AppInstanceState>(name);

    private static LifecycleAction Action(string name) => Enum.Parse<LifecycleAction>(name);
}
