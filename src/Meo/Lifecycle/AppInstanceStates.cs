using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Meo.Lifecycle;

/// <summary>MEC 010-2 instantiationState and operationalState in one: the second exists only while INSTANTIATED.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AppInstanceState>))]
internal enum AppInstanceState
{
    [JsonStringEnumMemberName("NOT_INSTANTIATED")] NotInstantiated,
    [JsonStringEnumMemberName("STARTED")] Started,
    [JsonStringEnumMemberName("STOPPED")] Stopped,
}

/// <summary>What can be asked of an instance.</summary>
internal enum LifecycleAction
{
    Instantiate,
    Start,
    Stop,
    Terminate,
    Delete,
}

/// <summary>
/// The state machine of an application instance (MEC 010-2, clause 6.2.2). The state changes when an operation
/// completes, not when it is accepted.
/// | state            | instantiate | start   | stop    | terminate        | delete |
/// | NOT_INSTANTIATED | STARTED     | -       | -       | -                | (gone) |
/// | STARTED          | -           | -       | STOPPED | NOT_INSTANTIATED | -      |
/// | STOPPED          | -           | STARTED | -       | NOT_INSTANTIATED | -      |
/// </summary>
internal static class AppInstanceStates
{
    private static readonly AppInstanceState[] All = [AppInstanceState.NotInstantiated, AppInstanceState.Started, AppInstanceState.Stopped];

    /// <summary>The state as the standard spells it.</summary>
    public static string Spelled(this AppInstanceState state) => state switch
    {
        AppInstanceState.NotInstantiated => "NOT_INSTANTIATED",
        AppInstanceState.Started => "STARTED",
        _ => "STOPPED",
    };

    /// <summary>Null if the action is possible; else the refusal, naming the present state and those that would do.</summary>
    public static Failure? Refuse(AppInstanceState state, LifecycleAction action, string appInstanceId)
    {
        if (Allows(state, action))
        {
            return null;
        }

        var allowed = Allowing(action);
        return Failure.IllegalState(
            "ILLEGAL_STATE",
            $"The instance is {state.Spelled()}; to {Verb(action)} it must be {string.Join(" or ", allowed)}.",
            "app-instance/" + appInstanceId,
            state.Spelled(),
            allowed);
    }

    /// <summary>The state after the action completed. Throws on a move that does not exist, naming both states: that is a bug.</summary>
    public static AppInstanceState After(AppInstanceState state, LifecycleAction action)
    {
        var next = action switch
        {
            LifecycleAction.Instantiate or LifecycleAction.Start => AppInstanceState.Started,
            LifecycleAction.Stop => AppInstanceState.Stopped,
            _ => AppInstanceState.NotInstantiated,
        };
        return Allows(state, action) ? next : throw new InvalidOperationException(
            $"Illegal move from {state.Spelled()} to {next.Spelled()}: {Verb(action)} is possible in {string.Join(" or ", Allowing(action))}.");
    }

    private static bool Allows(AppInstanceState state, LifecycleAction action) => action switch
    {
        LifecycleAction.Instantiate or LifecycleAction.Delete => state == AppInstanceState.NotInstantiated,
        LifecycleAction.Start => state == AppInstanceState.Stopped,
        LifecycleAction.Stop => state == AppInstanceState.Started,
        _ => state != AppInstanceState.NotInstantiated,
    };

    private static string[] Allowing(LifecycleAction action) => [.. All.Where(s => Allows(s, action)).Select(Spelled)];

    private static string Verb(LifecycleAction action) => action switch
    {
        LifecycleAction.Instantiate => "instantiate",
        LifecycleAction.Start => "start",
        LifecycleAction.Stop => "stop",
        LifecycleAction.Terminate => "terminate",
        _ => "delete",
    };
}
