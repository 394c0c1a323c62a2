using Microsoft.Extensions.Logging;

namespace Mano.Meo.Onboarding;

/// <summary>Everything onboarding says. Ids 1000 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Package {AppPkgId} onboarded: {AppName} {AppSoftVersion} ({AppDId}), {Files} file(s), {Warnings} warning(s)")]
    public static partial void Onboarded(this ILogger logger, string appPkgId, string appName, string appSoftVersion, string appDId, int files, int warnings);

    [LoggerMessage(1001, LogLevel.Information, "Package {AppPkgId} refused: {Reason}: {Message}")]
    public static partial void Refused(this ILogger logger, string appPkgId, string reason, string message);

    [LoggerMessage(1002, LogLevel.Information, "Package {AppPkgId} deleted, {Files} file(s) with it")]
    public static partial void Deleted(this ILogger logger, string appPkgId, int files);

    [LoggerMessage(1003, LogLevel.Warning, "Package {AppPkgId} was {State} when the process ended; it is CREATED again")]
    public static partial void Interrupted(this ILogger logger, string appPkgId, string state);

    [LoggerMessage(1004, LogLevel.Information, "Removed what no package uses: {Scratch} unfinished and {Blobs} finished file(s)")]
    public static partial void Swept(this ILogger logger, int scratch, int blobs);

    [LoggerMessage(1005, LogLevel.Error, "Package {AppPkgId} lost content: {Path} ({Sha256}) is not on disk; upload the package again under another id")]
    public static partial void ContentLost(this ILogger logger, string appPkgId, string path, string sha256);

    [LoggerMessage(1007, LogLevel.Information, "Package {AppPkgId}: {Path} ({Sha256}) is not in this replica's folder; it is fetched from another replica when somebody asks for it")]
    public static partial void ContentElsewhere(this ILogger logger, string appPkgId, string path, string sha256);

    [LoggerMessage(1008, LogLevel.Information, "Content {Sha256} fetched from replica {Replica}")]
    public static partial void Fetched(this ILogger logger, string sha256, string replica);

    [LoggerMessage(1009, LogLevel.Warning, "Content {Sha256} could not be fetched from replica {Replica}: {Failure}")]
    public static partial void NotFetched(this ILogger logger, string sha256, string replica, Mesh.Failures.Failure failure);

    [LoggerMessage(1010, LogLevel.Warning, "The packages cannot be looked after for now: {Failure}")]
    public static partial void HousekeepingTrouble(this ILogger logger, Mesh.Failures.Failure failure);

    [LoggerMessage(1006, LogLevel.Error, "Package {AppPkgId} could not be put back to CREATED: {Reason}: {Message}; the next start does it")]
    public static partial void GiveUpFailed(this ILogger logger, string appPkgId, string reason, string message);
}
