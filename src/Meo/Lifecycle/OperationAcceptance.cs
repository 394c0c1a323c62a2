using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle.Operations;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>What accepting the three operations has in common.</summary>
internal sealed class OperationAcceptance(SagaEngine engine, CapacityHolds holds, LifecycleOptions options)
{
    public LifecycleOptions Options => options;

    /// <summary>The refusal while another operation is at work on the instance; null if none is.</summary>
    public async ValueTask<Failure?> RefuseWhileRunning(AppInstanceRecord record, CancellationToken cancel) =>
        await RunningOn(record.Subject, cancel) is { } running ? InstanceCreation.RunningOperation(running, record) : null;

    /// <summary>The operation at work on a subject, or null.</summary>
    public ValueTask<string?> RunningOn(string subject, CancellationToken cancel) => engine.Operations.RunningOn(Tenants.Default, subject, cancel);

    public static NewOperation<TInput> New<TInput>(string operationId, AppInstanceRecord record, TInput input, TimeSpan timeout, Batch together) => new()
    {
        Id = operationId,
        Tenant = record.Tenant,
        Subject = record.Subject,
        Input = input,
        Timeout = timeout,
        Together = OperationIndex.Add(together, record.AppInstanceId, operationId),
    };

    /// <summary>Accepts an operation that holds nothing.</summary>
    public async Task<Outcome<OperationRecord>> Accept<TOperation, TInput>(NewOperation<TInput> wanted, CancellationToken cancel)
        where TOperation : IOperation<TInput> =>
        (await engine.Accept<TOperation, TInput>(wanted, cancel)).Then<OperationRecord>(accepted => accepted.Operation.Value);

    /// <summary>
    /// Accepts an instantiation whose capacity is booked, and gives the booking back unless the commit has made it a promise.
    /// Once the booking stands, the caller's going away does not stop the commit.
    /// </summary>
    public async Task<Outcome<OperationRecord>> AcceptWithHold(NewOperation<InstantiateApp> wanted, CapacityHold hold, CancellationToken cancel)
    {
        try
        {
            var together = holds.Write(wanted.Together!, hold);
            var accepted = await engine.Accept<InstantiateAppOperation, InstantiateApp>(wanted with { Together = together }, CancellationToken.None);
            var stands = accepted.TryGet(out var operation, out var refusal);
            holds.Settle(hold, stands ? operation!.Operation.Version : null, refusal);
            return accepted.Then<OperationRecord>(a => a.Operation.Value);
        }
        catch
        {
            SettleLater([hold]);
            throw;
        }
    }

    /// <summary>The same for several in one commit, together with the terminations that make room for them.</summary>
    public async Task<Outcome<IReadOnlyList<OperationRecord>>> AcceptTogether(
        IReadOnlyList<(NewOperation<InstantiateApp> Wanted, CapacityHold Hold)> newcomers,
        IReadOnlyList<NewOperation<TerminateApp>> leaving)
    {
        var held = newcomers.Select(n => n.Hold).ToList();
        try
        {
            var accepted = await engine.AcceptAll(
            [
                .. newcomers.Select(n => engine.Prepare<InstantiateAppOperation, InstantiateApp>(n.Wanted with { Together = holds.Write(n.Wanted.Together!, n.Hold) })),
                .. leaving.Select(engine.Prepare<TerminateAppOperation, TerminateApp>),
            ]);
            var version = accepted.TryGet(out var operations, out var refusal) ? operations[0].Version : default(long?);
            held.ForEach(hold => holds.Settle(hold, version, refusal));
            return accepted.Then(all => Outcome<IReadOnlyList<OperationRecord>>.Of([.. all.Take(newcomers.Count).Select(o => o.Value)]));
        }
        catch
        {
            SettleLater(held);
            throw;
        }
    }

    /// <summary>It may have happened all the same; who knows is the store.</summary>
    private void SettleLater(IReadOnlyList<CapacityHold> held)
    {
        foreach (var hold in held)
        {
            _ = holds.Settle(hold, AppInstances.Key(hold.AppInstanceId), CancellationToken.None);
        }
    }
}
