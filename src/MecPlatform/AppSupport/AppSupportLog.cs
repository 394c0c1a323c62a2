namespace Mano.MecPlatform.AppSupport;

/// <summary>What application support says; ids 6000 to 6099.</summary>
internal static partial class AppSupportLog
{
    [LoggerMessage(6000, LogLevel.Information, "Instance {AppInstanceId} is {Phase} (generation {Generation}): {Message}")]
    public static partial void Entered(ILogger log, string appInstanceId, string phase, long generation, string message);

    [LoggerMessage(6001, LogLevel.Information, "Instance {AppInstanceId} was removed (generation {Generation})")]
    public static partial void Removed(ILogger log, string appInstanceId, long generation);

    [LoggerMessage(6002, LogLevel.Warning, "Instance {AppInstanceId}: notification of {Callback} failed: {Reason}")]
    public static partial void CallbackFailed(ILogger log, string appInstanceId, string callback, string reason);

    [LoggerMessage(6004, LogLevel.Warning, "Instance {AppInstanceId}: {What}; it was mended")]
    public static partial void Mended(ILogger log, string appInstanceId, string what);

    [LoggerMessage(6003, LogLevel.Error, "Instance {AppInstanceId}: {Work} failed and is not tried again until the instance changes")]
    public static partial void AttendingFailed(ILogger log, string appInstanceId, string work, Exception fault);
}
