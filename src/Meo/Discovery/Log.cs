using Microsoft.Extensions.Logging;

namespace Mano.Meo.Discovery;

/// <summary>What following the catalogue says. Ids 1700 to 1749, of the inventory's block.</summary>
internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "Site {SiteId} found in Consul's catalogue: MEPM at {Address}")]
    public static partial void Found(this ILogger logger, string siteId, string address);

    [LoggerMessage(1701, LogLevel.Warning, "Site {SiteId} is in Consul's catalogue and cannot be taken into the inventory; it is tried again: {Why}")]
    public static partial void NotTaken(this ILogger logger, string siteId, string why);

    [LoggerMessage(1702, LogLevel.Information, "Site {SiteId} took itself out of Consul's catalogue and answers no more")]
    public static partial void Gone(this ILogger logger, string siteId);

    [LoggerMessage(1703, LogLevel.Warning, "Site {SiteId} is critical in Consul: {Why}")]
    public static partial void Critical(this ILogger logger, string siteId, string why);

    [LoggerMessage(1704, LogLevel.Warning, "Entry {Id} of Consul's catalogue is of service mano-mepm and has no tag site=ID; it is passed over")]
    public static partial void NoSite(this ILogger logger, string id);

    [LoggerMessage(1705, LogLevel.Error, "A bug broke the round over Consul's catalogue, which goes on")]
    public static partial void Bug(this ILogger logger, Exception exception);

    [LoggerMessage(1706, LogLevel.Warning, "A round over Consul's catalogue was left, and the next one begins anew: {Why}")]
    public static partial void RoundFailed(this ILogger logger, string why);
}
