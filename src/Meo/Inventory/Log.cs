using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>Everything the inventory says. Ids 1500 to 1999.</summary>
internal static partial class Log
{
    [LoggerMessage(1500, LogLevel.Information, "Site {SiteId} registered: {Hosts} host(s), MEPM at {Address}, incarnation {Incarnation}")]
    public static partial void SiteRegistered(this ILogger logger, string siteId, int hosts, string address, string incarnation);

    [LoggerMessage(1501, LogLevel.Warning, "Site {SiteId}: a second MEPM at {Address} claims it while the one at {Holder} lives; refused")]
    public static partial void SecondMepm(this ILogger logger, string siteId, string address, string holder);

    [LoggerMessage(1502, LogLevel.Information, "Site {SiteId} is {Health}")]
    public static partial void SiteHealthChanged(this ILogger logger, string siteId, Placement.SiteHealth health);

    [LoggerMessage(1503, LogLevel.Information, "Site {SiteId} left")]
    public static partial void SiteLeft(this ILogger logger, string siteId);

    [LoggerMessage(1504, LogLevel.Information, "Host {HostId}: maintenance {Maintenance}")]
    public static partial void HostMaintenance(this ILogger logger, string hostId, bool maintenance);

    [LoggerMessage(1505, LogLevel.Information, "Inventory loaded: {Sites} site(s)")]
    public static partial void Loaded(this ILogger logger, int sites);

    [LoggerMessage(1506, LogLevel.Warning, "Another replica took the ledger of capacity over; instantiations are forwarded to it: {Why}")]
    public static partial void LedgerLost(this ILogger logger, string why);

    [LoggerMessage(1508, LogLevel.Information, "Replica {Replica} owns the ledger of capacity, epoch {Epoch}")]
    public static partial void LedgerTaken(this ILogger logger, string replica, long epoch);

    [LoggerMessage(1509, LogLevel.Warning, "The ownership of the ledger of capacity cannot be looked after for now: {Failure}")]
    public static partial void LedgerTrouble(this ILogger logger, Mesh.Failures.Failure failure);

    [LoggerMessage(1510, LogLevel.Warning, "The sites' heartbeats cannot be shared with the other replicas for now: {Failure}")]
    public static partial void HeartbeatsUnshared(this ILogger logger, Mesh.Failures.Failure failure);

    [LoggerMessage(1507, LogLevel.Warning, "Instance {AppInstanceId}, operation {OperationId}: it is not known whether its hold was stored; asking the store again: {Why}")]
    public static partial void HoldUnsettled(this ILogger logger, string appInstanceId, string operationId, string why);
}
