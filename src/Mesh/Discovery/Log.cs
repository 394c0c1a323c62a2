using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Discovery;

/// <summary>Everything discovery says. Ids 7300 to 7399.</summary>
internal static partial class Log
{
    [LoggerMessage(7300, LogLevel.Information, "Registered with Consul as {Id} at {Address}; its health is known by {Check}.")]
    public static partial void Registered(this ILogger logger, string id, string address, string check);

    [LoggerMessage(7301, LogLevel.Warning, "Not registered with Consul as {Id}; nothing else stops, and it is tried again until it is: {Why}")]
    public static partial void NotRegistered(this ILogger logger, string id, string why);

    [LoggerMessage(7302, LogLevel.Warning, "Consul's agent does not know {Id} any more, or has something else under it; registering again.")]
    public static partial void Forgotten(this ILogger logger, string id);

    [LoggerMessage(7303, LogLevel.Information, "Deregistered {Id} from Consul.")]
    public static partial void Deregistered(this ILogger logger, string id);

    [LoggerMessage(7304, LogLevel.Warning, "{Id} could not be deregistered from Consul, where it will turn critical: {Why}")]
    public static partial void NotDeregistered(this ILogger logger, string id, string why);

    [LoggerMessage(7305, LogLevel.Information, "Consul's catalogue is followed: {Instances} instance(s) of {Service}.")]
    public static partial void Following(this ILogger logger, string service, int instances);

    [LoggerMessage(7306, LogLevel.Warning, "Consul does not tell of {Service} at the moment; what it said last stands, and it is asked until it answers: {Why}")]
    public static partial void NotFollowing(this ILogger logger, string service, string why);

    [LoggerMessage(7307, LogLevel.Warning, "Consul leaves out entries of {Service} that the token may not see; give it service_prefix \"mano-\" {{ policy = \"read\" }} and node_prefix \"\" {{ policy = \"read\" }}.")]
    public static partial void Filtered(this ILogger logger, string service);

    [LoggerMessage(7308, LogLevel.Error, "A bug broke {What} with Consul, which goes on.")]
    public static partial void Bug(this ILogger logger, Exception exception, string what);
}
