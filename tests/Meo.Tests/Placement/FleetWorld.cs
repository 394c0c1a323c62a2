using Mano.Meo.Placement;

namespace Mano.Meo.Tests.Placement;

/// <summary>Worlds in one breath: <c>AFleet().WithHost("edge-1", vcpus: 8, zone: "a")</c>.</summary>
internal sealed class FleetWorld
{
    private readonly List<HostModel> hosts = [];

    public static FleetWorld AFleet() => new();

    public static implicit operator FleetSnapshot(FleetWorld world) => FleetSnapshot.Of(world.hosts);

    public FleetWorld WithHost(
        string id, int vcpus = 8, int memoryMib = 8192, int diskGib = 100, string zone = "a", int latencyMs = 5, Func<HostModel, HostModel>? and = null)
    {
        var host = new HostModel
        {
            HostId = id,
            SiteId = "site-" + id,
            Zone = zone,
            CountryCode = "DE",
            WorkloadKinds = ["any"],
            CpuArchitecture = "x86_64",
            Total = new(vcpus * 1000, memoryMib, diskGib),
            LatencyNs = latencyMs * 1_000_000L,
        };
        hosts.Add(and is null ? host : and(host));
        return this;
    }

    public static PlacementRequest ARequest(string seed = "op-1", int vcpus = 1, int memoryMib = 512, int diskGib = 1) =>
        new() { Seed = seed, Needed = new(vcpus * 1000, memoryMib, diskGib) };
}
