using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack;

internal static partial class Log
{
    [LoggerMessage(5300, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) starts as a server of flavor {Flavor}")]
    public static partial void Starts(ILogger logger, string computeId, long operationNumber, string flavor);

    [LoggerMessage(5301, LogLevel.Information, "Compute {ComputeId} (operation {OperationNumber}) is deleted")]
    public static partial void Deleted(ILogger logger, string computeId, long operationNumber);

    [LoggerMessage(5302, LogLevel.Warning, "Compute {ComputeId} could not be started: {Reason}")]
    public static partial void NotStarted(ILogger logger, string computeId, string reason);

    [LoggerMessage(5303, LogLevel.Warning, "Server {ServerId} of compute {ComputeId} is one too many and is removed: {Why}")]
    public static partial void RemovedServer(ILogger logger, string serverId, string computeId, string why);

    [LoggerMessage(5304, LogLevel.Warning, "{Kind} {Name} ({Id}) is ours and nothing needs it; it is removed")]
    public static partial void RemovedLeftover(ILogger logger, string kind, string name, string id);

    [LoggerMessage(5305, LogLevel.Error, "Looking at compute {ComputeId} failed; it is tried again")]
    public static partial void LookFailed(ILogger logger, string computeId, Exception exception);

    [LoggerMessage(5306, LogLevel.Information, "OpenStack: project {Project} at {AuthUrl}, Nova {Microversion}, ours bear mano:site={Site}; {Notes}")]
    public static partial void Reached(ILogger logger, string project, string authUrl, string microversion, string site, string notes);

    [LoggerMessage(5307, LogLevel.Warning, "Compute {ComputeId} does not go within {Patience}; the delete goes on")]
    public static partial void DoesNotGo(ILogger logger, string computeId, TimeSpan patience);

    [LoggerMessage(5308, LogLevel.Warning, "The cloud is away, or refuses us, and is tried again: {Reason}")]
    public static partial void Away(ILogger logger, string reason);

    [LoggerMessage(5309, LogLevel.Information, "The cloud is back")]
    public static partial void Back(ILogger logger);

    [LoggerMessage(5310, LogLevel.Warning, "A server of compute {ComputeId} is in the project and nothing is known of it here; it is taken over by its marks")]
    public static partial void Adopted(ILogger logger, string computeId);

    [LoggerMessage(5311, LogLevel.Debug, "Logged in as {User} in project {Project}, until {Until}")]
    public static partial void LoggedIn(ILogger logger, string user, string project, DateTimeOffset until);

    [LoggerMessage(5312, LogLevel.Warning, "The answer about compute {ComputeId}'s server was lost ({Reason}); it is looked for before it is asked for again")]
    public static partial void AnswerLost(ILogger logger, string computeId, string reason);

    [LoggerMessage(5313, LogLevel.Warning, "Image {Digest} was left half uploaded as {ImageId} ({Status}); it is {What}")]
    public static partial void HalfUploaded(ILogger logger, string digest, string imageId, string status, string what);

    [LoggerMessage(5314, LogLevel.Warning, "Port {PortId} of compute {ComputeId} is not its server's; it is attached again")]
    public static partial void PortLost(ILogger logger, string portId, string computeId);

    [LoggerMessage(5315, LogLevel.Warning, "Compute {ComputeId} cannot be brought on its way now, and is tried again: {Reason}")]
    public static partial void NotNow(ILogger logger, string computeId, string reason);
}
