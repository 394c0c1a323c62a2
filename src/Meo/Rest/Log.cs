using Microsoft.Extensions.Logging;

namespace Mano.Meo.Rest;

/// <summary>What the REST northbound says. Ids 3900 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3900, LogLevel.Error, "{Method} {Path} failed in a way that nobody foresaw")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception bug);

    [LoggerMessage(3901, LogLevel.Warning, "{Type} was not taken by subscription {SubscriptionId} at {Callback} in {Attempts} attempts, and is dropped: {Why}")]
    public static partial void NotificationNotTaken(ILogger logger, string type, string subscriptionId, string callback, int attempts, string why);
}
