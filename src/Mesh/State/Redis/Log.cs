using Microsoft.Extensions.Logging;

namespace Mano.Mesh.State.Redis;

/// <summary>Everything the Redis store says. Ids 7100 to 7149.</summary>
internal static partial class Log
{
    [LoggerMessage(7100, LogLevel.Information, "State store {Store} on Redis {Where} is there: id {Id}, revision {Revision}, away for {Seconds:0.0} s")]
    public static partial void Connected(this ILogger logger, string store, string where, string id, long revision, double seconds);

    [LoggerMessage(7101, LogLevel.Warning, "Operations pause: {Why}")]
    public static partial void Away(this ILogger logger, string why);

    [LoggerMessage(7102, LogLevel.Error, "Operations stop until a person helps: {Reason}: {Why}")]
    public static partial void NeedsPerson(this ILogger logger, string reason, string why);

    [LoggerMessage(7103, LogLevel.Warning, "Redis {Where} does not keep all it acknowledges: {Loss}")]
    public static partial void NotDurable(this ILogger logger, string where, string loss);

    [LoggerMessage(7104, LogLevel.Information, "Redis {Where} syncs every commit before it acknowledges it (appendfsync always)")]
    public static partial void Durable(this ILogger logger, string where);

    [LoggerMessage(7105, LogLevel.Error, "Changes of the state store cannot be followed: {Why}")]
    public static partial void CannotFollow(this ILogger logger, string why);
}
