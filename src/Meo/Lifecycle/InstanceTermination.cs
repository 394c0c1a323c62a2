using Mano.Meo.Granting;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>Accepts terminations, and starts and stops.</summary>
internal sealed class InstanceTermination(
    AppInstances instances, IPackageCatalogue packages, Grants grants, OperationAcceptance acceptance, IIdSource ids)
{
    private const int Tries = 8;

    /// <summary>
    /// Takes an instance down. It may be asked while an instantiation or operation is at work: that one is cancelled and
    /// undone first, and one that needs attention is given up in favour of this. What an operation that was failed by a
    /// person has left behind is taken away too.
    /// </summary>
    public Task<Outcome<OperationRecord>> Terminate(
        string appInstanceId, TimeSpan graceful, TimeSpan? timeout, FirstUse use, CancellationToken cancel) =>
        UntilNoConflict(appInstanceId, found => AcceptTerminate(found, graceful, timeout, use, cancel), cancel);

    /// <summary>
    /// Takes down what a judgement of the record calls for, of our own accord. Refused when the record has changed since: an operation that
    /// was at work when it was read may have ended well, and what it made is not ours to take.
    /// </summary>
    public Task<Outcome<OperationRecord>> TerminateJudged(Stored<AppInstanceRecord> judged, CancellationToken cancel) =>
        AcceptTerminate(judged, TimeSpan.Zero, timeout: null, new(null, 0, default), cancel);

    /// <summary>
    /// The termination of an idle instance, to be accepted together with what needs its room. It gets the shortest time that its descriptor allows.
    /// </summary>
    public async Task<Outcome<NewOperation<TerminateApp>>> ToMakeRoom(string appInstanceId, CancellationToken cancel)
    {
        if (!(await instances.Get(appInstanceId, cancel)).TryGet(out var found, out var failure))
        {
            return failure;
        }

        var record = found.Value;
        var refusal = AppInstanceStates.Refuse(record.State, LifecycleAction.Terminate, record.AppInstanceId) ?? await acceptance.RefuseWhileRunning(record, cancel);
        if (refusal is not null)
        {
            return refusal;
        }

        var package = await packages.GetOnboarded(record.Tenant, record.AppPkgId, cancel);
        var graceful = package.TryGet(out var known, out _) ? PackageRules.ShortestTermination(known.Descriptor) : TimeSpan.Zero;
        return Termination(found, ids.NewId(), graceful, timeout: null, new(null, 0, default));
    }

    /// <summary>Starts or stops an instantiated instance.</summary>
    public Task<Outcome<OperationRecord>> Operate(
        string appInstanceId, bool start, TimeSpan graceful, TimeSpan? timeout, FirstUse use, CancellationToken cancel) =>
        UntilNoConflict(appInstanceId, found => AcceptOperate(found, start, graceful, timeout, use, cancel), cancel);

    private async Task<Outcome<OperationRecord>> UntilNoConflict(
        string appInstanceId, Func<Stored<AppInstanceRecord>, Task<Outcome<OperationRecord>>> accept, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            if (!(await instances.Get(appInstanceId, cancel)).TryGet(out var found, out var failure))
            {
                return failure;
            }

            var accepted = await accept(found);
            if (left == 1 || accepted.Failure?.Reason != StateFailures.VersionConflict || accepted.Failure.Subject != found.Key)
            {
                return accepted;
            }
        }
    }

    private async Task<Outcome<OperationRecord>> AcceptTerminate(
        Stored<AppInstanceRecord> found, TimeSpan graceful, TimeSpan? timeout, FirstUse use, CancellationToken cancel)
    {
        var record = found.Value;
        if (AppInstanceStates.Refuse(record.State, LifecycleAction.Terminate, record.AppInstanceId) is { } refusal
            && record.Location is null
            && await acceptance.RunningOn(record.Subject, cancel) is null)
        {
            return refusal;
        }

        if ((await packages.GetOnboarded(record.Tenant, record.AppPkgId, cancel)).TryGet(out var package, out _))
        {
            graceful = PackageRules.GracefulTermination(graceful, package.Descriptor);
        }

        var wanted = Termination(found, ids.NewId(), graceful, timeout, use);
        return await acceptance.Accept<TerminateAppOperation, TerminateApp>(
            wanted with { Preempts = [InstantiateAppOperation.Name, OperateAppOperation.Name], PreemptsStuck = [TerminateAppOperation.Name] }, cancel);
    }

    private NewOperation<TerminateApp> Termination(Stored<AppInstanceRecord> found, string operationId, TimeSpan graceful, TimeSpan? timeout, FirstUse use)
    {
        var record = found.Value;
        var generation = record.Generation + 1;
        return OperationAcceptance.New(
            operationId,
            record,
            new TerminateApp(record.AppInstanceId, generation, record.Location?.SiteId ?? "", graceful),
            timeout ?? acceptance.Options.TerminateTimeout + graceful,
            use.Remember(AppInstances.Put(new Batch(), record with { Generation = generation }, found.Version), operationId));
    }

    private async Task<Outcome<OperationRecord>> AcceptOperate(
        Stored<AppInstanceRecord> found, bool start, TimeSpan graceful, TimeSpan? timeout, FirstUse use, CancellationToken cancel)
    {
        var record = found.Value;
        var refusal = await acceptance.RefuseWhileRunning(record, cancel)
            ?? AppInstanceStates.Refuse(record.State, start ? LifecycleAction.Start : LifecycleAction.Stop, record.AppInstanceId);
        if (refusal is not null)
        {
            return refusal;
        }

        if (!(await packages.GetOnboarded(record.Tenant, record.AppPkgId, cancel)).TryGet(out var package, out var failure))
        {
            return failure;
        }

        if (await grants.Find(record.AppInstanceId, cancel) is not { } grant)
        {
            return await MissingGrant(found, cancel);
        }

        var operationId = ids.NewId();
        var input = new OperateApp(
            record.AppInstanceId, record.Name.Length > 0 ? record.Name : record.AppName, record.AppPkgId, record.Generation + 1,
            record.Location!, grant.Value, start, PackageRules.GracefulStop(graceful, package.Descriptor))
        {
            Wishes = record.Wishes,
        };
        var reserved = record with { Generation = record.Generation + OperateAppOperation.Generations };
        return await acceptance.Accept<OperateAppOperation, OperateApp>(
            OperationAcceptance.New(
                operationId,
                record,
                input,
                timeout ?? acceptance.Options.OperateTimeout + input.GracefulStop,
                use.Remember(AppInstances.Put(new Batch(), reserved, found.Version), operationId)),
            cancel);
    }

    /// <summary>A grant leaves with a termination, which changes the record first: then this lost against it, and the record is read again.</summary>
    private async Task<Failure> MissingGrant(Stored<AppInstanceRecord> found, CancellationToken cancel)
    {
        var now = await instances.Find(found.Value.AppInstanceId, cancel);
        return now?.Version == found.Version
            ? Failure.Internal("GRANT_MISSING", $"The instance {found.Value.AppInstanceId} is {found.Value.State.Spelled()} and has no grant.", found.Value.Subject)
            : StateFailures.Conflicting([new(found.Key, found.Version, now?.Version ?? 0)]);
    }
}
