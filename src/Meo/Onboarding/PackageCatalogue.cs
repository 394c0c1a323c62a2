using Mano.Meo.Lifecycle;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Onboarding;

/// <summary>The packages: looked up, listed, enabled, disabled, deleted.</summary>
internal sealed class PackageCatalogue(
    IStateStore store, PackageRecords records, PackageContents contents, PackageFiles files, ILogger<PackageCatalogue> logger) : IPackageCatalogue
{
    private const string Enabled = "ENABLED";
    private const string Disabled = "DISABLED";

    /// <summary>A package as the API shows it: record, content if it has one, and whether an instance uses it.</summary>
    internal async ValueTask<Outcome<PackageView>> Get(string tenant, string appPkgId, CancellationToken cancel) =>
        (await records.Get(tenant, appPkgId, cancel)).TryGet(out var record, out var refusal) ? await View(record.Value, cancel) : refusal;

    /// <summary>What a creation made, as it is now; as it was made if it is gone since.</summary>
    internal async Task<Outcome<PackageView>> GetOrAsMade(string tenant, RememberedRequest creation, CancellationToken cancel)
    {
        var now = await Get(tenant, creation.Subject, cancel);
        return now.Failure is { Kind: FailureKind.NotFound } && creation.AsMade(OnboardingJson.Default.PackageRecord) is { } made
            ? new PackageView(made, null, false)
            : now;
    }

    internal async Task<Paged<PackageView>> List(string tenant, string? after, int size, CancellationToken cancel)
    {
        var prefix = PackageKeys.RecordsOf(tenant);
        var page = await store.Scan(prefix, after is null ? null : prefix + after, size, cancel);
        var views = new List<PackageView>(page.Entries.Count);
        foreach (var entry in page.Entries)
        {
            views.Add(await View(entry.As(OnboardingJson.Default.PackageRecord).Value, cancel));
        }

        return new(views, page.HasMore ? page.Entries[^1].Key[prefix.Length..] : "");
    }

    public async ValueTask<Outcome<OnboardedPackage>> GetOnboarded(string tenant, string appPkgId, CancellationToken cancel = default)
    {
        if (!(await records.Get(tenant, appPkgId, cancel)).TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        if (package.Value.State != OnboardingState.Onboarded)
        {
            return Failure.IllegalState("PACKAGE_NOT_ONBOARDED", $"Package {appPkgId} is {OnboardingStates.Name(package.Value.State)}; upload its content first.",
                package.Value.Subject, OnboardingStates.Name(package.Value.State), "ONBOARDED");
        }

        // Gone if it was deleted between the two reads.
        return await contents.Get(tenant, appPkgId, cancel) is { } content
            ? new OnboardedPackage
            {
                AppPkgId = appPkgId, Descriptor = content.Descriptor, Artifacts = content.Artifacts, ChartValues = content.ChartValues,
                Enabled = package.Value.Enabled, RecordKey = package.Key, RecordVersion = package.Version,
            }
            : PackageRecords.NotFound(appPkgId);
    }

    public async ValueTask<Outcome<OnboardedPackage>> GetOnboardedByDescriptor(string tenant, string appDId, CancellationToken cancel = default) =>
        await store.Get(PackageKeys.Descriptor(tenant, appDId), OnboardingJson.Default.DescriptorOwner, cancel) is { } owner
            ? await GetOnboarded(tenant, owner.Value.AppPkgId, cancel)
            : Failure.NotFound("PACKAGE_NOT_FOUND", $"No onboarded package has the descriptor {appDId}; list the packages to see which there are.", $"appd/{appDId}");

    /// <summary>To the state it already has: nothing happens, and that is success.</summary>
    internal async Task<Outcome<PackageView>> SetEnabled(string tenant, string appPkgId, bool enabled, FirstUse use, CancellationToken cancel)
    {
        if (!(await records.Get(tenant, appPkgId, cancel)).TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        if (package.Value.State != OnboardingState.Onboarded)
        {
            return OnboardingStates.Illegal(package.Value, enabled ? "enabling" : "disabling", "ONBOARDED");
        }

        return (await records.SetEnabled(package, enabled, use, cancel)).TryGet(out var done, out refusal) ? await View(done.Value, cancel) : refusal;
    }

    /// <summary>
    /// DISABLED (or never onboarded) and not in use. The order is the bargain of <see cref="OnboardedPackage.RecordVersion"/>:
    /// the record is read, then the usage, then the record is deleted at the version that was read.
    /// </summary>
    internal async Task<Outcome<bool>> Delete(string tenant, string appPkgId, FirstUse use, CancellationToken cancel)
    {
        if (!(await records.Get(tenant, appPkgId, cancel)).TryGet(out var package, out var refusal))
        {
            return refusal;
        }

        switch (package.Value)
        {
            case { State: OnboardingState.Uploading or OnboardingState.Processing }:
                return OnboardingStates.Illegal(package.Value, "deleting", "CREATED", "ONBOARDED and DISABLED");
            case { State: OnboardingState.Onboarded, Enabled: true }:
                return Failure.IllegalState("PACKAGE_ENABLED", $"Package {appPkgId} is ENABLED; disable it first, so that no instance is made of it meanwhile.", package.Value.Subject, Enabled, Disabled);
        }

        if (await PackageUsage.IsInUse(store, tenant, appPkgId, cancel))
        {
            return Failure.IllegalState("PACKAGE_IN_USE", $"Package {appPkgId} is IN_USE; delete the instances made of it first.", package.Value.Subject, "IN_USE", "NOT_IN_USE");
        }

        var content = await contents.Get(tenant, appPkgId, cancel);
        var deleted = await records.Delete(package, use, cancel);
        if (deleted.IsRefused)
        {
            return deleted;
        }

        contents.Forget(tenant, appPkgId);
        files.ForgetBrokenOff(appPkgId);
        logger.Deleted(appPkgId, content is null ? 0 : await files.Collect(content));
        return true;
    }

    private async ValueTask<PackageView> View(PackageRecord record, CancellationToken cancel) => new(
        record,
        record.State == OnboardingState.Onboarded ? await contents.Get(record.Tenant, record.AppPkgId, cancel) : null,
        record.State == OnboardingState.Onboarded && await PackageUsage.IsInUse(store, record.Tenant, record.AppPkgId, cancel));
}

/// <summary>A package as the API shows it.</summary>
internal sealed record PackageView(PackageRecord Record, PackageContentRecord? Content, bool InUse)
{
    /// <summary>Its content; refused unless it has one.</summary>
    internal PackageContentRecord Contained => Content ?? throw OnboardingStates.Illegal(Record, "reading its content", "ONBOARDED").ToException();
}
