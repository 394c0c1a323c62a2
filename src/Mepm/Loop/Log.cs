using Mano.Mepm.Instances;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Loop;

internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "Instance {AppInstanceId}, generation {Generation}: {Phase}.")]
    public static partial void PhaseChanged(ILogger logger, string appInstanceId, long generation, InstancePhase phase);

    [LoggerMessage(4001, LogLevel.Information, "Instance {AppInstanceId}, generation {Generation}: {Action} done.")]
    public static partial void Did(ILogger logger, string appInstanceId, long generation, string action);

    [LoggerMessage(4002, LogLevel.Warning, "Instance {AppInstanceId}, generation {Generation}: {Attempt} failed and is tried again: {Failure}")]
    public static partial void WillRetry(ILogger logger, string appInstanceId, long generation, string attempt, string failure);

    [LoggerMessage(4003, LogLevel.Warning, "Instance {AppInstanceId}, generation {Generation}: {Attempt} failed and trying again would not help: {Failure}")]
    public static partial void Stalled(ILogger logger, string appInstanceId, long generation, string attempt, string failure);

    [LoggerMessage(4004, LogLevel.Error, "Instance {AppInstanceId}: a bug stopped the work on it; it is taken up again later.")]
    public static partial void Bug(ILogger logger, Exception exception, string appInstanceId);

    [LoggerMessage(4005, LogLevel.Warning, "Instance {AppInstanceId}: {Rounds} rounds did not settle it; the next ones come after a pause.")]
    public static partial void Unsettled(ILogger logger, string appInstanceId, int rounds);

    [LoggerMessage(4006, LogLevel.Information, "Instance {AppInstanceId}, generation {Generation}: gone.")]
    public static partial void Gone(ILogger logger, string appInstanceId, long generation);
}
