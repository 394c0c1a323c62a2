using Mano.Meo.Placement;

namespace Mano.Meo.Inventory;

/// <summary>Capacity promised to one application instance. Stored under <c>hold/{tenant}/{instance}</c>.</summary>
/// <param name="AppInstanceId">For whom.</param>
/// <param name="OperationId">The operation it was taken for; only that one, or a terminate, gives it back.</param>
/// <param name="SiteId">Where.</param>
/// <param name="HostId">On which host.</param>
/// <param name="Amount">How much.</param>
internal sealed record CapacityHold(string AppInstanceId, string OperationId, string SiteId, string HostId, ResourceAmount Amount)
{
    /// <summary>The instance's package; empty in holds of older versions.</summary>
    public string AppPkgId { get; init => field = value ?? ""; } = "";

    /// <summary>The affinity groups it is in, with a comma between (a text, so that equal holds are equal).</summary>
    public string Groups { get; init => field = value ?? ""; } = "";

    /// <summary>Devices that are held with it, as <see cref="Placement.Devices"/> writes them; empty: none that are counted.</summary>
    public string Devices { get; init => field = value ?? ""; } = "";

    public const string Prefix = $"hold/{Tenants.Default}/";

    public static string Key(string appInstanceId) => Prefix + appInstanceId;
}
