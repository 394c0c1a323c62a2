using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

internal static partial class Log
{
    [LoggerMessage(5100, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) starts in a container, at {Address}")]
    public static partial void Starts(ILogger logger, string computeId, long operationNumber, string address);

    [LoggerMessage(5101, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) is deleted")]
    public static partial void Deleted(ILogger logger, string computeId, long operationNumber);

    [LoggerMessage(5102, LogLevel.Warning, "Compute {ComputeId}: {What}; it is mended, as its restart policy says")]
    public static partial void Mended(ILogger logger, string computeId, string what);

    [LoggerMessage(5103, LogLevel.Warning, "Compute {ComputeId} could not be started: {Reason}")]
    public static partial void NotStarted(ILogger logger, string computeId, string reason);

    [LoggerMessage(5104, LogLevel.Warning, "A container of compute {ComputeId}, which was deleted, came late and is removed")]
    public static partial void RemovedStray(ILogger logger, string computeId);

    [LoggerMessage(5105, LogLevel.Error, "Looking at compute {ComputeId} failed; it is tried again")]
    public static partial void LookFailed(ILogger logger, string computeId, Exception exception);

    [LoggerMessage(5106, LogLevel.Information, "Local containers: {Engine} at {Socket}, {Computes} computes known, ours bear mano.vim={Owner}; {Notes}")]
    public static partial void Reached(ILogger logger, string engine, string socket, int computes, string owner, string notes);

    [LoggerMessage(5107, LogLevel.Warning, "Compute {ComputeId} does not go within {Patience}; the delete goes on")]
    public static partial void DoesNotGo(ILogger logger, string computeId, TimeSpan patience);

    [LoggerMessage(5108, LogLevel.Warning, "The container engine is away, and is tried again: {Reason}")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(5109, LogLevel.Information, "The container engine is back")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(5110, LogLevel.Warning, "A container of compute {ComputeId} is in the engine and nothing is known of it here; it is taken over by its labels")]
    public static partial void Adopted(ILogger logger, string computeId);

    [LoggerMessage(5111, LogLevel.Warning, "Volume {Volume} is of compute {ComputeId}, of which nothing else is known; it is kept, and used again or removed when that compute is asked for or deleted")]
    public static partial void VolumeUnclaimed(ILogger logger, string volume, string computeId);
}
