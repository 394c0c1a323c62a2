using Microsoft.Extensions.Logging;

namespace Mano.Meo.Rest;

/// <summary>What the REST northbound says. Ids 3900 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3900, LogLevel.Error, "{Method} {Path} failed in a way that nobody foresaw")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception bug);

    [LoggerMessage(3901, LogLevel.Error, "{Type} of {At:O} was not taken by subscription {SubscriptionId} in {Attempts} attempts ({Behind} wait behind it), and is dropped: {Why}")]
    public static partial void NotificationDropped(ILogger logger, string type, string subscriptionId, int attempts, DateTimeOffset at, int behind, string why);
}
