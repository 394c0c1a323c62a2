namespace Mano.Chaos.Topologies;

/// <summary>What a system under test consists of.</summary>
internal sealed record TopologyPlan(string Name, int Meos, bool Redis, bool Consul)
{
    /// <summary>One MEO with its embedded store.</summary>
    public static TopologyPlan Single { get; } = new("single", 1, Redis: false, Consul: false);

    /// <summary>Three replicas on one Redis.</summary>
    public static TopologyPlan Replicas { get; } = new("replicas", 3, Redis: true, Consul: false);

    /// <summary>Three replicas on one Redis, everything found through Consul.</summary>
    public static TopologyPlan Mesh { get; } = new("mesh", 3, Redis: true, Consul: true);

    public static IReadOnlyList<TopologyPlan> All { get; } = [Single, Replicas, Mesh];

    public int Sites { get; init; } = 2;

    /// <summary>What each site's host has. So little that instances of every client together do not fit.</summary>
    public long MilliCpuOfHost { get; init; } = 8_000;

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(3);

    public static TopologyPlan Named(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new FormatException($"'{name}' is no topology; there are {string.Join(", ", All.Select(p => p.Name))}.");
}
