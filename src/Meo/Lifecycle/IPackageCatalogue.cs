using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Packages;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// The packages that instances can be made of, as Lifecycle needs them. Answers from memory where it can: it is asked
/// on every create, instantiate and operation step.
/// </summary>
internal interface IPackageCatalogue
{
    /// <summary>
    /// The package of this resource id. Refused with NotFound (PACKAGE_NOT_FOUND), or with IllegalState
    /// (PACKAGE_NOT_ONBOARDED, the present and the allowed state) while it has no content. A DISABLED package is
    /// found; see <see cref="OnboardedPackage.Enabled"/>.
    /// </summary>
    ValueTask<Outcome<OnboardedPackage>> GetOnboarded(string tenant, string appPkgId, CancellationToken cancel = default);

    /// <summary>The same by the descriptor's id (appDId).</summary>
    ValueTask<Outcome<OnboardedPackage>> GetOnboardedByDescriptor(string tenant, string appDId, CancellationToken cancel = default);
}

/// <summary>An onboarded package: its content never changes, its operational state may.</summary>
internal sealed record OnboardedPackage
{
    public required string AppPkgId { get; init; }

    public required AppDescriptor Descriptor { get; init; }

    /// <summary>Every file of the package; the one that realises an image names it in <see cref="Artifact.SwImageId"/>.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    /// <summary>What it lays over the values of its chart: one JSON object; empty: nothing.</summary>
    public string ChartValues { get; init; } = "";

    /// <summary>operationalState ENABLED. A disabled package refuses new instances and leaves running ones.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The key of the package's record in the store.</summary>
    public required string RecordKey { get; init; }

    /// <summary>
    /// The record's version. A commit that makes an instance checks it, together with writing the usage key, so that a
    /// package cannot be disabled or deleted unnoticed between the two. For the other half of that bargain, deletion
    /// reads the record (DISABLED), *then* scans <see cref="PackageUsage.Prefix"/>, then deletes with the version it read.
    /// </summary>
    public required long RecordVersion { get; init; }

    /// <summary>The values of its chart with what a caller lays over them; empty where there is neither.</summary>
    public string ChartValuesWith(InstanceWishes? wishes) => Mano.Packages.ChartValues.Merge(ChartValues, wishes?.ChartValues ?? "");
}

/// <summary>
/// Who uses a package: one key for each instance, written in the commit that makes the instance and deleted in the one
/// that deletes it. usageState is IN_USE while one exists.
/// </summary>
internal static class PackageUsage
{
    /// <summary>An empty JSON object: the key says everything.</summary>
    public static ReadOnlyMemory<byte> Value { get; } = "{}"u8.ToArray();

    public static string Prefix(string tenant, string appPkgId) => $"usage/{tenant}/{appPkgId}/";

    public static string Key(string tenant, string appPkgId, string appInstanceId) => Prefix(tenant, appPkgId) + appInstanceId;

    /// <summary>Whether an instance of the package exists.</summary>
    public static async ValueTask<bool> IsInUse(IStateStore store, string tenant, string appPkgId, CancellationToken cancel = default) =>
        (await store.Scan(Prefix(tenant, appPkgId), limit: 1, cancel: cancel)).Entries.Count > 0;
}
