using Microsoft.Extensions.Logging;

namespace Mano.Meo.Replicas;

/// <summary>What replicas say. Ids 1700 to 1799, of the inventory's block.</summary>
internal static partial class Log
{
    [LoggerMessage(1700, LogLevel.Information, "Replica {Replica} takes part, incarnation {Incarnation}, reached at {Address}; {Alive} replica(s) live")]
    public static partial void TakesPart(this ILogger logger, string replica, string incarnation, string address, int alive);

    [LoggerMessage(1701, LogLevel.Error, "Another process calls itself replica {Replica} (incarnation {Incarnation}); this one stops. Every replica needs a name of its own: --replica")]
    public static partial void NameTaken(this ILogger logger, string replica, string incarnation);

    [LoggerMessage(1702, LogLevel.Warning, "The other replicas cannot be followed for now: {Failure}")]
    public static partial void Blind(this ILogger logger, Mesh.Failures.Failure failure);

    [LoggerMessage(1703, LogLevel.Information, "Replica {Replica} has not been heard for {Silent}; it is forgotten")]
    public static partial void Forgotten(this ILogger logger, string replica, TimeSpan silent);
}
