using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.Kubernetes;

internal static partial class Log
{
    [LoggerMessage(5400, LogLevel.Information, "Kubernetes: {Server} by {Source}, our objects bear mano/owner={Owner} and mano/home={Home}")]
    public static partial void Opened(ILogger logger, Uri server, string source, string owner, string home);

    [LoggerMessage(5401, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) is made as {Kind} in namespace {Namespace}")]
    public static partial void Made(ILogger logger, string computeId, long operationNumber, string kind, string @namespace);

    [LoggerMessage(5402, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) is deleted")]
    public static partial void Deleted(ILogger logger, string computeId, long operationNumber);

    [LoggerMessage(5403, LogLevel.Warning, "Compute {ComputeId} could not be made: {Reason}")]
    public static partial void NotMade(ILogger logger, string computeId, string reason);

    [LoggerMessage(5404, LogLevel.Warning, "Compute {ComputeId} does not go within {Patience}: {Reason}; the delete goes on")]
    public static partial void DoesNotGo(ILogger logger, string computeId, TimeSpan patience, string reason);

    [LoggerMessage(5405, LogLevel.Warning, "{Kind} {Namespace}/{Name} of a compute that is not there came late and is removed")]
    public static partial void RemovedStray(ILogger logger, string kind, string @namespace, string name);

    [LoggerMessage(5406, LogLevel.Warning, "{Kind} {Namespace}/{Name} of compute {ComputeId} was changed by another manager and is put right: {Conflict}")]
    public static partial void Forced(ILogger logger, string kind, string @namespace, string name, string computeId, string conflict);

    [LoggerMessage(5407, LogLevel.Warning, "The API server is away, and is tried again: {Reason}")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(5408, LogLevel.Information, "The API server answers again")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(5409, LogLevel.Error, "Looking at compute {Key} failed; it is tried again")]
    public static partial void LookFailed(ILogger logger, string key, Exception exception);

    [LoggerMessage(5410, LogLevel.Information, "The watch of {Kind} fell behind what the API server remembers; all are listed again")]
    public static partial void Relisted(ILogger logger, string kind);

    [LoggerMessage(5411, LogLevel.Warning, "Objects of compute {ComputeId} were missing and are made again: {Missing}")]
    public static partial void Mended(ILogger logger, string computeId, string missing);

    [LoggerMessage(5412, LogLevel.Warning, "Compute {ComputeId} of another life is in the way: {What}")]
    public static partial void InTheWay(ILogger logger, string computeId, string what);

    [LoggerMessage(5413, LogLevel.Information, "Hook {Hook} of compute {ComputeId} runs ({Event})")]
    public static partial void HookRuns(ILogger logger, string hook, string computeId, string @event);

    [LoggerMessage(5414, LogLevel.Warning, "The record of compute {ComputeId} changed while it was worked on; it is read again")]
    public static partial void RecordMoved(ILogger logger, string computeId);
}
