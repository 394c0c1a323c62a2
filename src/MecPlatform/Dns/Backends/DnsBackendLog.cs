namespace Mano.MecPlatform.Dns.Backends;

/// <summary>What is said of a DNS server that is not this process; ids 6120 to 6139.</summary>
internal static partial class DnsBackendLog
{
    [LoggerMessage(6120, LogLevel.Warning, "The DNS server ({Kind}) cannot be told; what it was told before stays, the rest follows when it is back: {Why}")]
    public static partial void IsAway(ILogger log, string kind, string why);

    [LoggerMessage(6121, LogLevel.Information, "The DNS server ({Kind}) is back; the names of {Count} instance(s) are answered as they shall")]
    public static partial void IsBack(ILogger log, string kind, int count);

    [LoggerMessage(6122, LogLevel.Warning, "The DNS server ({Kind}) does not answer the names of instance {AppInstanceId}: {Why}")]
    public static partial void Refused(ILogger log, string kind, string appInstanceId, string why);

    [LoggerMessage(6123, LogLevel.Warning, "In the DNS server ({Kind}) somebody else had changed the names of {Count} instance(s), {AppInstanceId} among them; they are put right")]
    public static partial void ChangedByOthers(ILogger log, string kind, int count, string appInstanceId);

    [LoggerMessage(6124, LogLevel.Error, "Telling the DNS server ({Kind}) failed; it is tried again")]
    public static partial void RoundFailed(ILogger log, string kind, Exception fault);
}
