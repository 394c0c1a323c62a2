using System.CommandLine;
using Mano.Cli.Terminal;

namespace Mano.Cli.Operations;

/// <summary>The flags of every verb that begins an operation, and what follows when it has begun: wait and show, or say its id.</summary>
internal sealed class OperationEnding
{
    public Option<bool> NoWait { get; } = new("--no-wait") { Description = "say the operation's id and do not wait for its end" };

    public Option<TimeSpan> Wait { get; } = TimeFlag.Create("--wait", "wait this long at most, then exit with 6; the operation goes on (default: until it ends)");

    public Option<TimeSpan> Timeout { get; } = TimeFlag.Create("--timeout", "the MEO undoes the operation when it has not ended after this time (default: the MEO's)");

    public Symbol[] Flags => [Timeout, Wait, NoWait];

    /// <summary>The timeout as the wire wants it; null: the MEO's default.</summary>
    public Google.Protobuf.WellKnownTypes.Duration? TimeoutOf(Invocation run) => OrAbsent(run.Get(Timeout));

    /// <summary>Absent where a time was not given.</summary>
    public static Google.Protobuf.WellKnownTypes.Duration? OrAbsent(TimeSpan time) =>
        time == TimeSpan.Zero ? null : Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(time);

    public async Task<ExitCode> FinishAsync(Invocation run, OperationInfo accepted)
    {
        if (run.Get(NoWait))
        {
            run.Answer(accepted, console => console.Line($"accepted: operation {accepted.OperationId} ('mano operation watch {accepted.OperationId}' shows it)"));
            return ExitCode.Done;
        }

        return await ShowAsync(run, accepted.OperationId, run.Get(Wait));
    }

    /// <summary>Follows the operation and answers with how it ended.</summary>
    public static async Task<ExitCode> ShowAsync(Invocation run, string operationId, TimeSpan patience)
    {
        var follower = new OperationFollower(run.Meo, run.Surroundings)
        {
            Console = run.Json ? run.Err : run.Out,
            Patience = patience == TimeSpan.Zero ? null : patience,
        };
        var end = await follower.FollowAsync(operationId, run.Stop);
        run.Answer(end.Operation, console => SayEnd(console, run, end));
        return end.Succeeded ? ExitCode.Done : ExitCode.Failed;
    }

    private static void SayEnd(Spectre.Console.IAnsiConsole console, Invocation run, OperationMoment end)
    {
        if (end.Operation.State == OperationInfo.Types.State.FailedTemp)
        {
            run.Remark($"It could not be undone; nothing goes on by itself. 'mano operation retry {end.Operation.OperationId}' tries it again, 'mano operation fail {end.Operation.OperationId}' gives it up.");
        }
        else if (end.Operation.DetailedState == "Failed")
        {
            run.Remark($"It was given up as it was; 'mano instance terminate {end.Operation.AppInstanceId}' takes away what it may have left.");
        }
        else if (!end.Succeeded)
        {
            run.Remark("It was undone: nothing of it is left.");
        }
        else if (end.Operation.Kind == OperationInfo.Types.Kind.Instantiate && end.Instance is { } instance)
        {
            var reach = Words.Reach(instance.Endpoint);
            console.Line($"{instance.AppInstanceName} runs on {instance.Location?.HostId}{(reach.Length == 0 ? "" : $" at {reach}")}");
        }
    }
}
