using Mano.Mesh.State;
using Mano.Sagas;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Testing.Operations;

/// <summary>One operation in one world with its faults, restarted after each crash, until it has ended.</summary>
internal sealed class OperationRun<TOperation, TInput>(OperationWorld<TOperation, TInput> world, IStateStore store, ManualClock clock, IReadOnlyList<Fault> faults)
    where TOperation : IOperation<TInput>
{
    private const string Tenant = "default";
    private const string Id = "00000000-0000-7000-8000-0000000000aa";

    // Back-off is moved over by hand; nothing else may fall due meanwhile, least of all the operation's deadline.
    private static readonly TimeSpan Horizon = TimeSpan.FromSeconds(1);

    private static readonly SagaOptions Options = new()
    {
        Shards = 1,
        LeaseTime = TimeSpan.FromDays(30),
        FirstDelay = TimeSpan.FromMilliseconds(10),
        LongestDelay = TimeSpan.FromMilliseconds(10),
    };

    private DoomedStore process = new(store);
    private SagaEngine? engine;

    public async Task<OperationRecord> ToEnd()
    {
        var table = new FaultyTable(OperationTable.Of<TOperation, TInput>(world.Operation), faults, Strike);
        while (true)
        {
            process = new(store);
            engine = new(process, [table], Options, clock, NullLogger<SagaEngine>.Instance);
            await engine.Start();
            await AcceptOnce();
            var ended = await DriveToEndOrCrash();
            await engine.DisposeAsync();
            if (ended is not null)
            {
                return ended;
            }
        }
    }

    private async Task Strike(FaultKind kind)
    {
        if (kind == FaultKind.Cancel)
        {
            await engine!.Cancel(Tenant, Id, "a test");
        }
        else
        {
            process.Kill();
        }
    }

    private async Task AcceptOnce()
    {
        // Asked of the store itself: a resumed step may have killed the process by now.
        if (await new OperationReader(store).Find(Tenant, Id) is null)
        {
            var accepted = await engine!.Accept<TOperation, TInput>(new()
            {
                Id = Id, Tenant = Tenant, Subject = world.Subject, Input = world.Input, Timeout = TimeSpan.FromHours(12), Together = world.Together,
            });
            _ = accepted.Value;
        }
    }

    private async Task<OperationRecord?> DriveToEndOrCrash()
    {
        OperationRecord? record = null;
        var retries = 3;
        await Eventually.Is(
            async () =>
            {
                clock.AdvanceToNextTimer(Horizon);
                record = (await new OperationReader(store).Find(Tenant, Id))!.Value;
                var gaveUp = record.State == OperationState.NeedsAttention && record.Asked is null;
                if (gaveUp && retries-- > 0 && record.Steps.All(step => step.State != StepState.UndoFailed))
                {
                    // Past the point of no return that is the way on.
                    await new OperationRequests(store, new Dictionary<string, OperationTable>(), clock).Ask(Tenant, Id, AskKind.Retry, "a test", together: null, CancellationToken.None);
                    gaveUp = false;
                }

                return process.IsKilled || gaveUp || (record.State.IsFinal() && engine!.InFlight == 0);
            },
            "the operation ended");
        return process.IsKilled ? null : record;
    }
}
