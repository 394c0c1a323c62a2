using Microsoft.Extensions.Logging;

namespace Mano.Meo.Sites;

/// <summary>What the links to the sites say. Ids 1600 to 1699, of the inventory's block.</summary>
internal static partial class Log
{
    [LoggerMessage(1600, LogLevel.Information, "Site {SiteId}: watch stream lost, will be opened again: {Why}")]
    public static partial void WatchLost(this ILogger logger, string siteId, string why);

    [LoggerMessage(1601, LogLevel.Information, "Site {SiteId}: watch stream open, snapshot complete")]
    public static partial void Synced(this ILogger logger, string siteId);
}
