using System.CommandLine;
using Google.Protobuf.Collections;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Spectre.Console;

namespace Mano.Cli.Operations;

/// <summary><c>mano operation …</c>: what is under way, what ended how, and the levers a person has on it.</summary>
internal static class OperationCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "operation", "what is under way, and how it ended", List(verbs), Show(verbs), Watch(verbs), Cancel(verbs), Retry(verbs), Fail(verbs));

    private static Argument<string> Which() => new("OPERATION") { Description = "id of an operation, or its beginning" };

    private static Command List(Verbs verbs)
    {
        var instance = new Option<string>("--instance") { Description = "only those of this instance (name, id, or its beginning)", HelpName = "INSTANCE" };
        var unfinished = new Option<bool>("--unfinished") { Description = "only those that have not ended" };
        var flags = new ListFlags(limit: 20);
        return verbs.Verb("list", "the operations, newest first", [instance, unfinished, .. flags.All], async run =>
        {
            var instanceId = run.Get(instance) is { } asked ? (await run.Meo.InstanceAsync(asked, run.Stop)).AppInstanceId : "";
            var request = new ListOperationsRequest { AppInstanceId = instanceId, UnfinishedOnly = run.Get(unfinished) };
            var all = await flags.ReadAsync(run, request, (r, o) => run.Meo.Operations.ListOperationsAsync(r, o));
            flags.Show(run, all, () => Table(all.Operations, run.Surroundings.Clock.GetUtcNow()));
            return ExitCode.Done;
        });
    }

    private static Command Show(Verbs verbs)
    {
        var which = Which();
        return verbs.Verb("show", "one operation: its steps, its placement, why it failed", [which], async run =>
        {
            var operation = await run.Meo.OperationAsync(run.Get(which), run.Stop);
            run.Answer(operation, console =>
            {
                console.Write(OperationPicture.Draw(new OperationMoment(operation, null), run.Surroundings.Clock.GetUtcNow()));
                console.Line($"  operation: {operation.OperationId}");
                if (operation.Placement is { Summary.Length: > 0 } placement)
                {
                    console.Line($"  placement: {placement.Summary}");
                }
            });
            return ExitCode.Done;
        });
    }

    private static Command Watch(Verbs verbs)
    {
        var which = Which();
        var wait = TimeFlag.Create("--wait", "wait this long at most, then exit with 6 (default: until it ends)");
        return verbs.Verb("watch", "show an operation until it ends; exits 0 when it completed, 1 when it failed", [which, wait], async run =>
        {
            var operation = await run.Meo.OperationAsync(run.Get(which), run.Stop);
            return await OperationEnding.ShowAsync(run, operation.OperationId, run.Get(wait));
        });
    }

    private static Command Cancel(Verbs verbs)
    {
        var which = Which();
        return verbs.Verb("cancel", "ask a running operation to stop; it is undone", [which], async run =>
        {
            var operation = await run.Meo.OperationAsync(run.Get(which), run.Stop);
            var answer = await run.Meo.Ask(
                o => run.Meo.Operations.CancelOperationAsync(new CancelOperationRequest { OperationId = operation.OperationId }, o), run.Stop);
            run.Answer(answer.Operation, console => console.Line($"asked to stop: 'mano operation watch {operation.OperationId}' shows it being undone"));
            return ExitCode.Done;
        });
    }

    private static Command Retry(Verbs verbs)
    {
        var which = Which();
        return verbs.Verb("retry", "run the undoing of an operation in FAILED_TEMP again, and show it", [which], async run =>
        {
            var operation = await run.Meo.OperationAsync(run.Get(which), run.Stop);
            await run.Meo.Ask(o => run.Meo.Operations.RetryOperationAsync(new RetryOperationRequest { OperationId = operation.OperationId }, o), run.Stop);
            return await OperationEnding.ShowAsync(run, operation.OperationId, TimeSpan.Zero);
        });
    }

    private static Command Fail(Verbs verbs)
    {
        var which = Which();
        return verbs.Verb("fail", "give an operation in FAILED_TEMP up as it is; 'mano instance terminate' takes away what it left", [which], async run =>
        {
            var operation = await run.Meo.OperationAsync(run.Get(which), run.Stop);
            var answer = await run.Meo.Ask(o => run.Meo.Operations.FailOperationAsync(new FailOperationRequest { OperationId = operation.OperationId }, o), run.Stop);
            run.Answer(answer.Operation, console => console.Line($"given up: operation {operation.OperationId}"));
            return ExitCode.Done;
        });
    }

    private static Listing Table(RepeatedField<OperationInfo> operations, DateTimeOffset now)
    {
        var operationId = Words.ShortIds(operations.Select(o => o.OperationId));
        var instanceId = Words.ShortIds(operations.Select(o => o.AppInstanceId));
        var listing = new Listing("OPERATION", "KIND", "STATE", "INSTANCE", "STARTED", "STEP") { WhenEmpty = "no operations" };
        foreach (var operation in operations)
        {
            var step = operation.Steps.LastOrDefault(s => s.State != StepState.Pending);
            listing.Add(
                operationId(operation.OperationId), Words.Of(operation.Kind), new Cell(Words.Of(operation.State), Colour(operation.State)),
                instanceId(operation.AppInstanceId), Words.Ago(operation.StartTime, now), step?.Name ?? "");
        }

        return listing;
    }

    private static string Colour(OperationInfo.Types.State state) => state switch
    {
        OperationInfo.Types.State.Completed => "green",
        OperationInfo.Types.State.Failed or OperationInfo.Types.State.FailedTemp => "red",
        _ => "cyan",
    };
}
