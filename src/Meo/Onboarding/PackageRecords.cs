using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Meo.Onboarding;

/// <summary>The records of packages: every change of a package's state is one commit, made here.</summary>
internal sealed class PackageRecords(IStateStore store, OnboardingOptions options, TimeProvider clock)
{
    internal async ValueTask<Outcome<Stored<PackageRecord>>> Get(string tenant, string appPkgId, CancellationToken cancel) =>
        await store.Get(PackageKeys.Record(tenant, appPkgId), OnboardingJson.Default.PackageRecord, cancel) is { } found ? found : NotFound(appPkgId);

    internal async ValueTask<Outcome<PackageRecord>> Create(
        string tenant, string appPkgId, IReadOnlyDictionary<string, string> userDefinedData, AnnouncedPackage? announced, FirstUse use, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var record = new PackageRecord
        {
            Tenant = tenant, AppPkgId = appPkgId, State = OnboardingState.Created, UserDefinedData = userDefinedData, Announced = announced, CreateTime = now, UpdateTime = now,
        };
        var key = PackageKeys.Record(tenant, appPkgId);
        var batch = new Batch().Put(key, record, OnboardingJson.Default.PackageRecord, Batch.MustNotExist);
        var result = await store.Commit(use.Remember(batch, appPkgId, record, OnboardingJson.Default.PackageRecord), cancel);
        if (result.IsCommitted)
        {
            return record;
        }

        return result.Conflicts.Any(c => c.Key == key)
            ? Failure.AlreadyExists("PACKAGE_EXISTS", $"A package {appPkgId} exists; take another id, or none.", record.Subject)
            : result.ToFailure()!;
    }

    /// <summary>CREATED → UPLOADING. From here on the upload owns the record.</summary>
    internal async ValueTask<Outcome<Stored<PackageRecord>>> BeginUpload(Stored<PackageRecord> package, CancellationToken cancel) =>
        package.Value.State == OnboardingState.Created
            ? await Write(package, package.Value.MoveTo(OnboardingState.Uploading, clock.GetUtcNow()) with { Failure = null, Uploader = options.Replica }, cancel)
            : OnboardingStates.Illegal(package.Value, "an upload", "CREATED");

    internal ValueTask<Outcome<Stored<PackageRecord>>> BeginProcessing(Stored<PackageRecord> package) =>
        Write(package, package.Value.MoveTo(OnboardingState.Processing, clock.GetUtcNow()), CancellationToken.None);

    /// <summary>Back to CREATED with the reason. Never cancelled: a record must not be left behind in a state nobody works on.</summary>
    internal ValueTask<Outcome<Stored<PackageRecord>>> GiveUp(Stored<PackageRecord> package, Failure why) =>
        Write(package, package.Value.MoveTo(OnboardingState.Created, clock.GetUtcNow()) with { Failure = why }, CancellationToken.None);

    /// <summary>Back to CREATED, nothing being wrong: a part is here, and more is to come. Never cancelled.</summary>
    internal ValueTask<Outcome<Stored<PackageRecord>>> Pause(Stored<PackageRecord> package) =>
        Write(package, package.Value.MoveTo(OnboardingState.Created, clock.GetUtcNow()), CancellationToken.None);

    /// <summary>Whoever took the upload is gone, and the content with it: back to CREATED.</summary>
    internal ValueTask<Outcome<Stored<PackageRecord>>> Interrupted(Stored<PackageRecord> package) => GiveUp(package, Failure.Unavailable(
        "UPLOAD_INTERRUPTED", $"The MEO ended while the package was {OnboardingStates.Name(package.Value.State)}; upload it again.", package.Value.Subject));

    /// <summary>PROCESSING → ONBOARDED, with its content and the claim on the descriptor's id, in one commit.</summary>
    internal async ValueTask<Outcome<Stored<PackageRecord>>> Onboard(Stored<PackageRecord> package, PackageContentRecord content, IReadOnlyList<Mesh.Failures.Fault> warnings, FirstUse use)
    {
        var (tenant, id, appDId) = (package.Value.Tenant, package.Value.AppPkgId, content.Descriptor.AppDId);
        var record = package.Value.MoveTo(OnboardingState.Onboarded, clock.GetUtcNow()) with { Enabled = true, AppDId = appDId, Warnings = warnings };
        var claim = PackageKeys.Descriptor(tenant, appDId);
        var result = await store.Commit(use.Remember(new Batch(), id)
            .Put(package.Key, record, OnboardingJson.Default.PackageRecord, package.Version)
            .Put(PackageKeys.Content(tenant, id), content, OnboardingJson.Default.PackageContentRecord)
            .Put(claim, new DescriptorOwner(id), OnboardingJson.Default.DescriptorOwner, Batch.MustNotExist));
        if (result.Conflicts.Any(c => c.Key == claim))
        {
            var owner = await store.Get(claim, OnboardingJson.Default.DescriptorOwner);
            return Failure.AlreadyExists("APPD_EXISTS",
                $"The descriptor's id {appDId} belongs to package {owner?.Value.AppPkgId}; delete that one first, or give the descriptor an id of its own.", record.Subject);
        }

        return result.IsCommitted ? new Stored<PackageRecord>(package.Key, record, result.Revision) : result.ToFailure()!;
    }

    internal ValueTask<Outcome<Stored<PackageRecord>>> SetEnabled(Stored<PackageRecord> package, bool enabled, FirstUse use, CancellationToken cancel) =>
        Write(package, package.Value with { Enabled = enabled, UpdateTime = clock.GetUtcNow() }, cancel, use);

    /// <summary>Removes the record, its content and its claim on the descriptor's id.</summary>
    internal async ValueTask<Outcome<bool>> Delete(Stored<PackageRecord> package, FirstUse use, CancellationToken cancel)
    {
        var (tenant, id) = (package.Value.Tenant, package.Value.AppPkgId);
        var batch = new Batch().Delete(package.Key, package.Version).Delete(PackageKeys.Content(tenant, id));
        if (package.Value.AppDId is { } appDId)
        {
            batch.Delete(PackageKeys.Descriptor(tenant, appDId));
        }

        var result = await store.Commit(use.Remember(batch, id), cancel);
        return result.IsCommitted ? true : result.ToFailure()!;
    }

    internal static Failure NotFound(string appPkgId) =>
        Failure.NotFound("PACKAGE_NOT_FOUND", $"There is no package {appPkgId}; list the packages to see which there are.", PackageRecord.SubjectOf(appPkgId));

    private async ValueTask<Outcome<Stored<PackageRecord>>> Write(
        Stored<PackageRecord> old, PackageRecord record, CancellationToken cancel, FirstUse? use = null)
    {
        var batch = new Batch().Put(old.Key, record, OnboardingJson.Default.PackageRecord, old.Version);
        var result = await store.Commit(use?.Remember(batch, record.AppPkgId) ?? batch, cancel);
        return result.IsCommitted ? new Stored<PackageRecord>(old.Key, record, result.Revision) : result.ToFailure()!;
    }
}
