using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>Finds every fault of a service that an application offers, each at its path, and completes what was left out. Pure.</summary>
internal static class ServiceRules
{
    private const int MaxName = 255;
    private const int MaxInterval = 86_400;

    /// <summary>The shortest interval that the platform grants: heartbeats are for noticing a dead service within the minute, not for load.</summary>
    private const int ShortestInterval = 5;

    /// <summary>What the platform asks for where the application leaves it open.</summary>
    private const int PlatformsInterval = 30;

    /// <exception cref="FailureException">Something is wrong with it; every fault is named.</exception>
    public static ServiceInfo Complete(ServiceInfo given, IReadOnlyList<TransportInfo> transports)
    {
        var faults = new List<Fault>();
        Need(faults, "serName", given.SerName);
        Need(faults, "version", given.Version);
        Need(faults, "state", given.State, "ACTIVE or INACTIVE");
        Need(faults, "serializer", given.Serializer, "JSON, XML or PROTOBUF3");
        if (given.State == ServiceState.Suspended)
        {
            faults.Add(new("state", "SUSPENDED is given by the platform when heartbeats stop; ACTIVE or INACTIVE can be asked for."));
        }

        if (given.SerCategory is { } category)
        {
            CheckCategory("serCategory", category, faults);
        }

        if (given.LivenessInterval is < 0 or > MaxInterval)
        {
            faults.Add(new("livenessInterval", $"is {given.LivenessInterval} s; 1 to {MaxInterval} are allowed, and 0 to leave it to the platform."));
        }

        var transport = TransportOf(given, transports, faults);
        return faults.Count == 0
            ? given with
            {
                TransportId = null,
                TransportInfo = transport,
                ScopeOfLocality = given.ScopeOfLocality ?? LocalityType.MecHost,
                ConsumedLocalOnly = given.ConsumedLocalOnly ?? true,
                IsLocal = true,
                LivenessInterval = Granted(given.LivenessInterval),
                Links = null,
            }
            : throw Failure.InvalidInput("BAD_SERVICE", "The service is not one that can be registered.", "service", faults).ToException();
    }

    /// <summary>A CategoryRef's members are all mandatory.</summary>
    public static void CheckCategory(string path, CategoryRef category, List<Fault> faults)
    {
        Need(faults, path + ".href", category.Href);
        Need(faults, path + ".id", category.Id);
        Need(faults, path + ".name", category.Name);
        Need(faults, path + ".version", category.Version);
    }

    /// <summary>Who gives no interval sends no heartbeats; who gives 0 does, as often as the platform likes (MEC 011 8.1.2.2).</summary>
    private static int? Granted(int? wanted) => wanted switch
    {
        null => null,
        0 => PlatformsInterval,
        { } own => Math.Max(ShortestInterval, own),
    };

    private static TransportInfo? TransportOf(ServiceInfo given, IReadOnlyList<TransportInfo> transports, List<Fault> faults)
    {
        if ((given.TransportId is null) == (given.TransportInfo is null))
        {
            faults.Add(new("transportInfo", "exactly one of transportInfo and transportId is needed."));
            return null;
        }

        if (given.TransportId is { } id)
        {
            var own = transports.FirstOrDefault(t => t.Id == id);
            if (own is null)
            {
                faults.Add(new("transportId", $"'{id}' is not a transport of this platform; it has: {(transports.Count == 0 ? "none" : string.Join(", ", transports.Select(t => t.Id)))}."));
            }

            return own;
        }

        CheckTransport("transportInfo", given.TransportInfo!, faults);
        return given.TransportInfo;
    }

    /// <summary>Every fault of a transport.</summary>
    public static void CheckTransport(string path, TransportInfo transport, List<Fault> faults)
    {
        Need(faults, path + ".id", transport.Id);
        Need(faults, path + ".name", transport.Name);
        Need(faults, path + ".type", transport.Type, "one of REST_HTTP, MB_TOPIC_BASED, MB_ROUTING, MB_PUBSUB, RPC, RPC_STREAMING, WEBSOCKET");
        Need(faults, path + ".protocol", transport.Protocol);
        Need(faults, path + ".version", transport.Version);
        if (transport.Security is not { ValueKind: System.Text.Json.JsonValueKind.Object })
        {
            faults.Add(new(path + ".security", "is missing; an object is needed, {} for none."));
        }

        CheckEndpoint(path + ".endpoint", transport.Endpoint, faults);
    }

    /// <summary>Every fault of where something is reached.</summary>
    public static void CheckEndpoint(string path, EndPointInfo? endpoint, List<Fault> faults)
    {
        var given = new[] { endpoint?.Uris is not null, endpoint?.Fqdn is not null, endpoint?.Addresses is not null, endpoint?.Alternative is not null }.Count(x => x);
        if (given != 1)
        {
            faults.Add(new(path, $"has {given} of uris, fqdn, addresses and alternative; exactly one is needed."));
        }

        foreach (var (address, i) in (endpoint?.Addresses ?? []).Select((a, i) => (a, i)))
        {
            if (string.IsNullOrEmpty(address.Host) || address.Port is null or < 0 or > 65535)
            {
                faults.Add(new($"{path}.addresses[{i}]", "needs a host, and a port from 0 to 65535."));
            }
        }
    }

    /// <summary>A text that must be there.</summary>
    public static void Need(List<Fault> faults, string path, string? value)
    {
        if (string.IsNullOrEmpty(value) || value.Length > MaxName)
        {
            faults.Add(new(path, string.IsNullOrEmpty(value) ? "is missing." : $"has {value.Length} characters; at most {MaxName} are allowed."));
        }
    }

    private static void Need<T>(List<Fault> faults, string path, T? value, string right)
        where T : struct
    {
        if (value is null)
        {
            faults.Add(new(path, $"is missing; {right} is needed."));
        }
    }
}
