using System.Collections.Immutable;

namespace Mano.Mesh.Discovery;

/// <summary>What the checks of an instance say together: the worst of them.</summary>
public enum ServiceHealth
{
    Passing,
    Warning,
    Critical,
}

/// <summary>One entry of the catalogue.</summary>
/// <param name="Id">Unique on its node.</param>
/// <param name="Node">Whose agent has it.</param>
/// <param name="Url">Where its gRPC is reached: <c>http://10.0.0.5:7411</c>.</param>
/// <param name="Tags">As registered.</param>
/// <param name="Meta">As registered.</param>
/// <param name="Health">Of its own checks and of its node's.</param>
/// <param name="Why">What a failing check wrote; empty when none fails.</param>
public sealed record ServiceInstance(
    string Id, string Node, string Url, ImmutableArray<string> Tags, IReadOnlyDictionary<string, string> Meta, ServiceHealth Health, string Why)
{
    /// <summary>Whether it may be called.</summary>
    public bool IsUsable => Health != ServiceHealth.Critical;

    public string Incarnation => Meta.GetValueOrDefault(ServiceNames.Incarnation, "");

    /// <summary>The value of a tag <c>name=value</c>; null when there is none.</summary>
    public string? Tag(string name) =>
        Tags.FirstOrDefault(t => t.Length > name.Length && t[name.Length] == '=' && t.StartsWith(name, StringComparison.Ordinal))?[(name.Length + 1)..];

    public bool HasTag(string name, string value) => Tags.Contains($"{name}={value}", StringComparer.Ordinal);
}

/// <summary>A service as the catalogue last told it.</summary>
/// <param name="Instances">All of them, also those that are critical.</param>
/// <param name="IsCurrent">Whether Consul answers; false: this is what it said before it went away, or nothing yet.</param>
/// <param name="Reading">Grows with every answer.</param>
/// <param name="Outages">Grows whenever Consul went away: what is missing after that was not taken out by anybody.</param>
public sealed record ServiceSnapshot(ImmutableArray<ServiceInstance> Instances, bool IsCurrent, long Reading, long Outages)
{
    public static readonly ServiceSnapshot None = new([], false, 0, 0);
}
