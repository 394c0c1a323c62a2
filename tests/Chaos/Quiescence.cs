using Grpc.Core;
using Mano.Chaos.History;
using Mano.Chaos.Truth;
using Mano.Chaos.Workload;
using Mano.Lifecycle.V1;

namespace Mano.Chaos;

/// <summary>After all faults ended: everybody finishes, and every truth becomes the same, in bounded time.</summary>
internal sealed class Quiescence(ChaosOptions options, TestbedWatch watch, Workforce workforce, HistoryFile history, Tally tally, Meos meos)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    private readonly HashSet<string> ended = [];

    /// <summary>Returns what is still wrong when patience is over; empty as soon as nothing is.</summary>
    public async Task<IReadOnlyList<Violation>> Reach(CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        var stuck = await workforce.Rest(options.Patience, cancel);
        var wrong = await UntilTrue(began, cancel);
        await NoteOperations(cancel);
        return [.. stuck.Select(s => new Violation("STUCK", $"{options.Patience.TotalSeconds:0} s after everything was healed: {s}")), .. wrong];
    }

    /// <summary>Terminates and deletes everything; nothing may be left then.</summary>
    public async Task<IReadOnlyList<Violation>> TakeDown(CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        var dice = new Dice(options.Seed);
        var caller = new Caller("checker", meos, dice, history, tally);
        var calls = new InstanceCalls(caller, dice);
        foreach (var instance in await watch.Observer.Instances(0, cancel))
        {
            if (instance.State != "NOT_INSTANTIATED" && await calls.Ask(Verb.Terminate, instance.Id, cancel) is { Operation: { } operation })
            {
                await Ended(caller, operation, instance.Id, cancel);
            }

            await calls.Delete(instance.Id, cancel);
        }

        var wrong = await UntilTrue(began, cancel);
        var left = (await watch.Observer.Instances(0, cancel)).Select(i => new Violation("LEFT", $"It is {i.State} after everything was deleted.", i.Id));
        await NoteOperations(cancel);
        foreach (var finding in await watch.Observer.AllFindings(cancel))
        {
            tally.Add(finding);
        }

        return [.. wrong, .. left];
    }

    private async Task Ended(Caller caller, string operation, string instance, CancellationToken cancel)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (await caller.EndOf(operation, instance, cancel) is null && TimeProvider.System.GetElapsedTime(began) < options.Patience)
        {
            await Task.Delay(Step, TimeProvider.System, cancel);
        }
    }

    private async Task<IReadOnlyList<Violation>> UntilTrue(long began, CancellationToken cancel)
    {
        while (true)
        {
            var wrong = TruthCheck.Find(await watch.Observer.Look(cancel));
            if (wrong.Count == 0 || TimeProvider.System.GetElapsedTime(began) > options.Patience)
            {
                return wrong;
            }

            await Task.Delay(Step, TimeProvider.System, cancel);
        }
    }

    /// <summary>Writes down the end of each operation that nobody has looked at, newest first, back to those that were noted before.</summary>
    private async Task NoteOperations(CancellationToken cancel)
    {
        var checker = new Caller("checker", meos, new Dice(options.Seed), history, new Tally());
        for (var token = ""; ;)
        {
            var page = await watch.Observer.Operations(0).ListOperationsAsync(
                new() { PageSize = 200, PageToken = token }, new CallOptions(cancellationToken: cancel));
            var news = page.Operations.Where(IsOver).Where(o => ended.Add(o.OperationId)).ToList();
            foreach (var operation in news)
            {
                checker.NoteEnd(operation, operation.AppInstanceId);
            }

            token = page.NextPageToken;
            if (token.Length == 0 || news.Count == 0)
            {
                return;
            }
        }
    }

    private static bool IsOver(Operation operation) => operation.State is Operation.Types.State.Completed or Operation.Types.State.Failed;
}
