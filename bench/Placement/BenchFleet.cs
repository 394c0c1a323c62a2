using Mano.Meo.Placement;

namespace Mano.Bench.Placement;

/// <summary>Fleets of one kind, the same in every run, and a request for them.</summary>
internal sealed record BenchFleet(string Name, FleetSnapshot Hosts, PlacementRequest Request)
{
    private const int Sites = 1_000;
    private const int HostsASite = 10;
    private const int Zones = 200;

    public static PlacementRequest ARequest { get; } = new()
    {
        Seed = "", Needed = new(2_000, 4_096, 20), WorkloadKinds = ["container"], CpuArchitecture = "x86_64", MaxLatencyNs = 20_000_000,
        Services = [new("RNIS", "2.1", [])], Features = [new("UserApps", "1.0")],
    };

    /// <summary>The fleets of the row: 10,000 hosts at 1,000 sites each.</summary>
    public static IEnumerable<BenchFleet> All()
    {
        var mixed = Mixed(leastLoad: 0, mostLoad: 60);
        var loaded = Mixed(leastLoad: 60, mostLoad: 100);
        return
        [
            new("all hosts alike and idle", FleetSnapshot.Of(Enumerable.Range(0, Sites * HostsASite).Select(Alike)), ARequest),
            new("hosts of many kinds, a third loaded", mixed, ARequest),
            new("hosts of many kinds, loaded to 80 %", loaded, ARequest),
            new("three zones named", mixed, ARequest with { Zones = ["zone-7", "zone-77", "zone-177"] }),
            new("hardware that three hosts have", mixed, ARequest with { Hardware = ["fpga"], MaxLatencyNs = null, Services = [], CpuArchitecture = "" }),
            new("no host, with the tally", loaded, ARequest with { Needed = new(2_000_000, 4_096, 20) }),
        ];
    }

    private static HostModel Alike(int number) => new()
    {
        HostId = $"site-{number / HostsASite}-host-{number % HostsASite}",
        SiteId = $"site-{number / HostsASite}",
        Zone = $"zone-{number / HostsASite % Zones}",
        WorkloadKinds = ["container", "vm"],
        CpuArchitecture = "x86_64",
        Total = new(64_000, 262_144, 4_000),
        LatencyNs = 5_000_000,
        Services = [new("RNIS", "2.2.1", []), new("Location", "2.1", [])],
        Features = [new("UserApps", "1.1")],
    };

    /// <summary>Four sizes, some without the service or the CPU that is asked for, every site at its own distance, every host with a load of its own.</summary>
    private static FleetSnapshot Mixed(int leastLoad, int mostLoad)
    {
#pragma warning disable CA5394 // the same fleet in every run
        var random = new Random(20);
        var latencies = Enumerable.Range(0, Sites).Select(_ => random.NextInt64(1_000_000, 40_000_000)).ToArray();
        return FleetSnapshot.Of(Enumerable.Range(0, Sites * HostsASite).Select(number =>
        {
            var host = Alike(number);
            var size = 1 << random.Next(4);
            var load = random.Next(leastLoad, mostLoad + 1);
            var total = new ResourceAmount(16_000 * size, 65_536 * size, 1_000 * size);
            return host with
            {
                Total = total,
                Held = new(total.MilliCpu * load / 100, total.MemoryMib * load / 100, total.DiskGib * load / 100),
                LatencyNs = latencies[number / HostsASite] + random.NextInt64(200_000),
                CpuArchitecture = random.Next(5) == 0 ? "aarch64" : "x86_64",
                Services = random.Next(3) == 0 ? [] : host.Services,
                Hardware = number % 3_334 == 17 ? ["gpu", "fpga"] : random.Next(4) == 0 ? ["gpu"] : [],
                Maintenance = random.Next(50) == 0,
            };
        }));
#pragma warning restore CA5394
    }
}
