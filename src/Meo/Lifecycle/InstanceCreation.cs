using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Mesh.State;

namespace Mano.Meo.Lifecycle;

/// <summary>What a new instance shall be.</summary>
/// <param name="AppPkgId">Its package; empty if named by descriptor.</param>
/// <param name="AppDId">Its package's descriptor; empty if named by package.</param>
/// <param name="Name">For people.</param>
/// <param name="Description">For people.</param>
/// <param name="AppInstanceId">The caller's own id; empty: we choose.</param>
internal sealed record NewInstance(string AppPkgId, string AppDId, string Name, string Description, string AppInstanceId);

/// <summary>Makes instance records, and removes those that are NOT_INSTANTIATED.</summary>
internal sealed class InstanceCreation(IStateStore store, AppInstances instances, IPackageCatalogue packages, IIdSource ids, TimeProvider clock)
{
    private const int Tries = 8;

    /// <summary>Makes the record together with the package's usage key, provided that the package is still what was read.</summary>
    public async Task<Outcome<AppInstanceRecord>> Create(NewInstance wanted, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            var found = wanted.AppPkgId.Length > 0
                ? await packages.GetOnboarded(Tenants.Default, wanted.AppPkgId, cancel)
                : await packages.GetOnboardedByDescriptor(Tenants.Default, wanted.AppDId, cancel);
            if (!found.TryGet(out var package, out var failure))
            {
                return failure;
            }

            if (PackageRules.RefuseNewInstance(package) is { } disabled)
            {
                return disabled;
            }

            var record = RecordOf(wanted, package);
            var batch = AppInstances.Put(new Batch(), record, Batch.MustNotExist)
                .Put(PackageUsage.Key(record.Tenant, record.AppPkgId, record.AppInstanceId), PackageUsage.Value)
                .Check(package.RecordKey, package.RecordVersion);
            var result = await store.Commit(use.Remember(batch, record.AppInstanceId, record, LifecycleJson.Default.AppInstanceRecord), cancel);
            if (result.IsCommitted)
            {
                return record;
            }

            if (result.Conflicts.Any(c => c.Key == AppInstances.Key(record.AppInstanceId)))
            {
                return Failure.AlreadyExists(
                    "APP_INSTANCE_EXISTS", $"There is an instance {record.AppInstanceId} already; choose another id, or none.", record.Subject);
            }

            if (left == 1 || !result.Conflicts.Any(c => c.Key == package.RecordKey))
            {
                return result.ToFailure()!;
            }
        }
    }

    /// <summary>Removes the record. An operation that is accepted meanwhile changes the record, so one of the two wins.</summary>
    public async Task<Outcome<string>> Delete(string appInstanceId, Func<string, ValueTask<string?>> running, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            if (!(await instances.Get(appInstanceId, cancel)).TryGet(out var found, out var failure))
            {
                return failure;
            }

            var refusal = AppInstanceStates.Refuse(found.Value.State, LifecycleAction.Delete, appInstanceId)
                ?? (await running(found.Value.Subject) is { } operation ? RunningOperation(operation, found.Value) : null)
                ?? Residue(found.Value, "delete");
            if (refusal is not null)
            {
                return refusal;
            }

            var batch = AppInstances.Delete(new Batch(), found);
            var result = await store.Commit(use.Remember(batch, appInstanceId), cancel);
            if (result.IsCommitted)
            {
                return appInstanceId;
            }

            if (left == 1)
            {
                return result.ToFailure()!;
            }
        }
    }

    /// <summary>One operation at a time for an instance.</summary>
    public static Failure RunningOperation(string operationId, AppInstanceRecord record) => Failure.Conflict(
        "OPERATION_RUNNING", $"Operation {operationId} is at work on {record.Subject}: wait until it has ended, or cancel it.", operationId);

    /// <summary>
    /// The refusal while an operation that was given up may have left something of an instance that is NOT_INSTANTIATED; null if
    /// none did. (While an operation is at work, that is the reason to give.)
    /// </summary>
    public static Failure? Residue(AppInstanceRecord record, string verb) =>
        record is { State: AppInstanceState.NotInstantiated, Location: { } at }
            ? Failure.IllegalState(
                "RESIDUE",
                $"An operation that was given up may have left something of the instance at site {at.SiteId}: terminate it, then {verb} it.",
                record.Subject,
                "NOT_INSTANTIATED, something may be left",
                "NOT_INSTANTIATED, nothing left")
            : null;

    private AppInstanceRecord RecordOf(NewInstance wanted, OnboardedPackage package)
    {
        var now = clock.GetUtcNow();
        var app = package.Descriptor;
        return new()
        {
            Tenant = Tenants.Default,
            AppInstanceId = wanted.AppInstanceId.Length > 0 ? wanted.AppInstanceId.ToLowerInvariant() : ids.NewId(),
            Name = wanted.Name,
            Description = wanted.Description,
            AppPkgId = package.AppPkgId,
            AppDId = app.AppDId,
            AppName = app.AppName,
            AppProvider = app.AppProvider,
            AppSoftVersion = app.AppSoftVersion,
            AppDVersion = app.AppDVersion,
            CreateTime = now,
            UpdateTime = now,
        };
    }
}
