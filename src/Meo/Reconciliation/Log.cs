using Microsoft.Extensions.Logging;

namespace Mano.Meo.Reconciliation;

/// <summary>What comparing intent with sites says. Ids 3800 to 3899, of the lifecycle's block.</summary>
internal static partial class Log
{
    [LoggerMessage(3800, LogLevel.Warning, "Site {SiteId} owes the removal of instance {AppInstanceId} under generation {Generation}: {Why}")]
    public static partial void Owed(this ILogger logger, string siteId, string appInstanceId, long generation, string why);

    [LoggerMessage(3801, LogLevel.Information, "Site {SiteId} has removed instance {AppInstanceId}, which it owed under generation {Generation}")]
    public static partial void DebtPaid(this ILogger logger, string siteId, string appInstanceId, long generation);

    [LoggerMessage(3802, LogLevel.Warning, "Site {SiteId} still owes the removal of instance {AppInstanceId}; asked again later: {Why}")]
    public static partial void DebtNotPaid(this ILogger logger, string siteId, string appInstanceId, string why);

    [LoggerMessage(3803, LogLevel.Warning, "Looking after site {SiteId} failed, again at the next turn: {Why}")]
    public static partial void TurnFailed(this ILogger logger, string siteId, string why);

    [LoggerMessage(3805, LogLevel.Warning, "Site {SiteId}, instance {AppInstanceId}: {Kind}, {Action}: {Message}")]
    public static partial void Found(this ILogger logger, string siteId, string appInstanceId, Difference kind, string action, string message);

    [LoggerMessage(3806, LogLevel.Information, "Site {SiteId}, instance {AppInstanceId}: {Kind} no more")]
    public static partial void Resolved(this ILogger logger, string siteId, string appInstanceId, Difference kind);

    [LoggerMessage(3807, LogLevel.Information, "Operation {OperationId} on {Subject} had given up; tried again, because site {SiteId} is back")]
    public static partial void Retried(this ILogger logger, string operationId, string subject, string siteId);

    [LoggerMessage(3804, LogLevel.Error, "A bug broke the looking after site {SiteId}, again at the next turn")]
    public static partial void Bug(this ILogger logger, string siteId, Exception bug);
}
