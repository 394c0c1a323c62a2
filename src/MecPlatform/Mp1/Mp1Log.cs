namespace Mano.MecPlatform.Mp1;

/// <summary>What Mp1 says; ids 6300 to 6399.</summary>
internal static partial class Mp1Log
{
    [LoggerMessage(6300, LogLevel.Error, "{Method} {Path} failed by a fault of the platform")]
    public static partial void RequestFailed(ILogger log, string method, string path, Exception fault);
}
