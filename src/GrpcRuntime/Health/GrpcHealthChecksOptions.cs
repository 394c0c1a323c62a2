using System.Collections;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which health checks speak for which gRPC services.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>The services; by default the server as a whole (the empty name), for which all checks speak.</summary>
    public ServiceMappingCollection Services { get; } = [];

    /// <summary>Whether Check answers from the last published results instead of running the checks.</summary>
    public bool UseHealthChecksCache { get; set; }
}

/// <summary>A health check, as a mapping sees it.</summary>
public sealed class HealthCheckMapContext(string name, IEnumerable<string> tags)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its tags.</summary>
    public IEnumerable<string> Tags { get; } = tags;
}

/// <summary>A gRPC service and the checks that speak for it.</summary>
public sealed class ServiceMapping(string name, Func<HealthCheckMapContext, bool> predicate)
{
    /// <summary>The service; empty: the server as a whole.</summary>
    public string Name { get; } = name;

    /// <summary>Which checks speak for it.</summary>
    public Func<HealthCheckMapContext, bool> HealthCheckPredicate { get; } = predicate;
}

/// <summary>The mappings, one a service.</summary>
public sealed class ServiceMappingCollection : IEnumerable<ServiceMapping>
{
    private readonly Dictionary<string, ServiceMapping> _mappings = new(StringComparer.Ordinal)
    {
        [""] = new ServiceMapping("", _ => true),
    };

    /// <summary>Sets the checks that speak for a service.</summary>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(predicate);
        _mappings[name] = new ServiceMapping(name, predicate);
    }

    /// <summary>Removes all mappings, the server as a whole with them.</summary>
    public void Clear() => _mappings.Clear();

    public IEnumerator<ServiceMapping> GetEnumerator() => _mappings.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ServiceMapping? Find(string name) => _mappings.GetValueOrDefault(name);
}
