using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalProcess;

internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) starts, run {Run}, at {Address}")]
    public static partial void Starts(ILogger logger, string computeId, long operationNumber, long run, string address);

    [LoggerMessage(5001, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) is deleted")]
    public static partial void Deleted(ILogger logger, string computeId, long operationNumber);

    [LoggerMessage(5002, LogLevel.Warning, "Compute {ComputeId} lost its supervisor; what was left of it is killed, and its policy decides")]
    public static partial void LostSupervisor(ILogger logger, string computeId);

    [LoggerMessage(5003, LogLevel.Warning, "Compute {ComputeId} could not be started: {Reason}")]
    public static partial void NotStarted(ILogger logger, string computeId, string reason);

    [LoggerMessage(5004, LogLevel.Warning, "Processes of compute {ComputeId}, which does not exist, were found and killed")]
    public static partial void KilledStrays(ILogger logger, string computeId);

    [LoggerMessage(5005, LogLevel.Error, "Looking at compute {ComputeId} failed; it is tried again")]
    public static partial void LookFailed(ILogger logger, string computeId, Exception exception);

    [LoggerMessage(5006, LogLevel.Information, "Local processes in {Folder}: {Computes} computes found, {Notes}")]
    public static partial void Opened(ILogger logger, string folder, int computes, string notes);

    [LoggerMessage(5007, LogLevel.Warning, "Compute {ComputeId} does not go within {Patience}; the delete goes on")]
    public static partial void DoesNotGo(ILogger logger, string computeId, TimeSpan patience);

    [LoggerMessage(5008, LogLevel.Warning, "Changes of computes are seen every {Interval} only, because files cannot be watched: {Reason}")]
    public static partial void NoWatch(ILogger logger, TimeSpan interval, string reason);
}
