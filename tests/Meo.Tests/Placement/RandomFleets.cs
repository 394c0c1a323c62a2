using System.Collections.Immutable;
using Mano.Meo.Placement;
using Mano.Meo.Placement.Geography;

namespace Mano.Meo.Tests.Placement;

/// <summary>Fleets, changes of them and requests from a seed: alike, unlike, loaded, full, full of ties, each host with traits of its own.</summary>
internal sealed class RandomFleets(int seed)
{
    private static readonly string[] Words = ["gpu", "sriov", "fpga", "dpdk", "hugepages-1g"];
    private static readonly string[] Names = ["RNIS", "Location", "UserApps", "BWM"];

#pragma warning disable CA5394 // repeatable cases are the point, not secrets
    private readonly Random random = new(seed);
    private Kind kind;
    private int named;

    private enum Kind
    {
        Alike,
        Unlike,
        Ties,
        Loaded,
        Full,
        AllDifferent,
        Odd,
    }

    public int Next(int below) => random.Next(below);

    public bool OneIn(int cases) => random.Next(cases) == 0;

    /// <summary>A fleet of 0 to some hundreds of hosts; now and then of thousands.</summary>
    public FleetSnapshot Fleet()
    {
        kind = (Kind)random.Next(Enum.GetValues<Kind>().Length);
        var size = random.Next(10) switch { 0 => random.Next(3), < 6 => random.Next(100), < 9 => random.Next(400), _ => random.Next(1500) };
        return FleetSnapshot.Of(Enumerable.Range(0, size).Select(_ => Host()));
    }

    /// <summary>The fleet after one change, as they happen: bookings and releases most often.</summary>
    public FleetSnapshot Changed(FleetSnapshot fleet)
    {
        if (fleet.Count == 0 || OneIn(20))
        {
            return fleet.With(Host());
        }

        var host = Any(fleet);
        return random.Next(20) switch
        {
            0 => fleet.Without(host.HostId),
            1 => fleet.With(Host() with { HostId = host.HostId }),
            2 => fleet.With(host with { Maintenance = !host.Maintenance }),
            3 => fleet.With(host with { SiteHealth = (SiteHealth)random.Next(4) }),
            4 => fleet.With(host with { LatencyNs = Latency() }),
            5 => fleet.With(host with { Others = Part(host.Total) }),
            6 => fleet.With(host with { Groups = host.Groups.SetItem("g" + random.Next(5), 1) }),
            7 => fleet.With(host with { Groups = ImmutableDictionary<string, int>.Empty, Packages = host.Packages.SetItem("p" + random.Next(6), 1) }),
            8 => fleet.With(host with { HeldDevices = Devices.None.SetItem("gpu", random.Next(4)) }),
            < 10 => fleet.With(host with { Held = default, Instances = [] }),
            _ => fleet.With(host with { Held = host.Held + Part(host.Free), Instances = host.Instances.Add("i" + random.Next(30)) }),
        };
    }

    public PlacementRequest Request(FleetSnapshot fleet) => new()
    {
        Seed = "op-" + random.Next(),
        AppInstanceId = "i" + random.Next(30),
        Needed = kind == Kind.Odd && OneIn(5) ? default : new(random.Next(9) * 500, random.Next(9) * 512, random.Next(5)),
        WorkloadKinds = OneIn(3) ? [OneIn(2) ? "vm" : "container"] : [],
        CpuArchitecture = OneIn(4) ? OneIn(2) ? "arm64" : "amd64" : "",
        MaxLatencyNs = OneIn(2) ? OneIn(20) ? 0 : Latency() : null,
        Services = OneIn(4) ? [new(Names[random.Next(4)], OneIn(2) ? "2.1" : "", [])] : [],
        Features = OneIn(5) ? [new(Names[random.Next(4)], "1." + random.Next(3))] : [],
        Devices = OneIn(5) ? Devices.None.SetItem(OneIn(3) ? "fpga" : "gpu", 1 + random.Next(3)) : Devices.None,
        Hardware = OneIn(4) ? [Words[random.Next(Words.Length)]] : [],
        Zones = OneIn(3) ? [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Zone())] : [],
        SiteId = OneIn(12) ? Site() : "",
        HostId = OneIn(12) ? fleet.Count > 0 && !OneIn(5) ? Any(fleet).HostId : "nobody" : "",
        Area = OneIn(8) ? Area() : null,
        UserLocation = OneIn(5) ? Place() : null,
        Tenant = OneIn(2) ? "default" : "",
        AppPkgId = OneIn(3) ? "" : "p" + random.Next(6),
        Networks = OneIn(8) ? [OneIn(2) ? "n6" : "internet"] : [],
        OptionalServices = OneIn(3) ? [new(Names[random.Next(4)], "", []), new(Names[random.Next(4)], "", [])] : [],
        OptionalFeatures = OneIn(5) ? [new(Names[random.Next(4)], "1.1")] : [],
        AntiAffinityGroups = OneIn(6) ? ["g" + random.Next(4)] : [],
        AffinityGroups = OneIn(10) ? ["g" + random.Next(5)] : [],
        CountryCode = OneIn(6) ? OneIn(2) ? "DE" : "fr" : "",
        AntiAffinity = OneIn(4) ? ["i" + random.Next(30), "i" + random.Next(30)] : [],
        Affinity = OneIn(10) ? ["i" + random.Next(30)] : [],
    };

    public PlacementOptions Options() => new()
    {
        Scorers = random.Next(8) switch
        {
            6 => new Dictionary<string, double> { ["cost"] = 1, ["energy"] = 0.5, ["latency"] = 1 },
            7 => new Dictionary<string, double> { ["locality"] = 1, ["image"] = 0.5, ["spread"] = 0.25 },
            0 => new Dictionary<string, double> { ["pack"] = 1 },
            1 => new Dictionary<string, double> { ["spread"] = 1 },
            2 => new Dictionary<string, double> { ["latency"] = random.NextDouble(), ["pack"] = random.NextDouble(), ["spread"] = random.NextDouble() },
            3 => new Dictionary<string, double> { ["latency"] = 0 },
            _ => new PlacementOptions().Scorers,
        },
        Filters = OneIn(5) ? [.. new PlacementOptions().Filters.Where(_ => !OneIn(4))] : new PlacementOptions().Filters,
        ExplainedHosts = 0,
    };

    private HostModel Any(FleetSnapshot fleet) => fleet.Hosts[random.Next(fleet.Count)];

    private HostModel Host()
    {
        var total = Total();
        return new()
        {
            HostId = "h" + named++,
            SiteId = Site(),
            Zone = Zone(),
            CountryCode = kind == Kind.Alike ? "DE" : OneIn(3) ? "" : OneIn(2) ? "DE" : "FR",
            SiteHealth = kind == Kind.Alike || !OneIn(8) ? SiteHealth.Alive : (SiteHealth)random.Next(4),
            Healthy = kind == Kind.Alike || !OneIn(12),
            WorkloadKinds = kind == Kind.Alike || OneIn(2) ? ["any"] : [.. Some(["vm", "container", "executable"])],
            Location = OneIn(5) ? null : Place(),
            Networks = OneIn(3) ? ["n6", "internet"] : [],
            Tenants = kind != Kind.Alike && OneIn(8) ? ["other"] : [],
            Cost = OneIn(2) ? null : random.Next(4) / 2.0,
            WattsPerCpu = OneIn(2) ? null : random.Next(30),
            Groups = OneIn(6) ? ImmutableDictionary<string, int>.Empty.Add("g" + random.Next(4), 1) : ImmutableDictionary<string, int>.Empty,
            Packages = OneIn(3) ? ImmutableDictionary<string, int>.Empty.Add("p" + random.Next(6), 1) : ImmutableDictionary<string, int>.Empty,
            CpuArchitecture = kind == Kind.Alike || OneIn(2) ? "x86_64" : OneIn(2) ? "aarch64" : "",
            Total = total,
            Held = kind is Kind.Loaded or Kind.Unlike ? Part(total) : kind == Kind.Full ? total : default,
            Others = kind == Kind.Odd ? Part(total) + Part(total) : default,
            LatencyNs = Latency(),
            Services = kind == Kind.AllDifferent ? [new("own-" + named, "", []), .. SomeServices()] : kind is Kind.Alike or Kind.Full ? [] : SomeServices(),
            Features = kind is Kind.Unlike && OneIn(2) ? [new(Names[random.Next(4)], "1." + random.Next(3))] : [],
            Hardware = kind is Kind.Alike ? [] : [.. Some(Words)],
            Devices = OneIn(3) ? Devices.None.SetItem("gpu", random.Next(5)) : Devices.None,
            HeldDevices = OneIn(6) ? Devices.None.SetItem("gpu", random.Next(3)) : Devices.None,
            Instances = OneIn(3) ? ["i" + random.Next(30)] : [],
        };
    }

    private ResourceAmount Total() => kind switch
    {
        Kind.Alike or Kind.Ties => new(16_000, 65_536, 1_000),
        Kind.Odd => new(random.Next(3) * 8_000, random.Next(3) * 4_096, random.Next(3) * 100),
        _ => new(4_000 << random.Next(4), (8_192 << random.Next(4)) + random.Next(100), 100 + random.Next(1000)),
    };

    private long Latency() => kind switch
    {
        Kind.Alike => 5_000_000,
        Kind.Ties => (1 + random.Next(3)) * 5_000_000L,
        Kind.Odd => random.Next(-1, 3),
        _ => random.Next(30_000_000),
    };

    private GeoPoint Place() => OneIn(20)
        ? new(random.Next(-1, 2) * 90, random.Next(-1, 2) * 180)
        : new(random.Next(-80, 81) + random.NextDouble(), random.Next(-170, 171) + random.NextDouble());

    /// <summary>A triangle or two, now and then with a hole.</summary>
    private GeoArea Area() => new([.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => OneIn(2) ? ImmutableArray.Create(Ring(), Ring()) : [Ring()])]);

    private GeoRing Ring()
    {
        var corners = Enumerable.Range(0, 3).Select(_ => Place()).Select(p => (p.Longitude, p.Latitude)).ToList();
        return new([.. corners, corners[0]]);
    }

    private ResourceAmount Part(ResourceAmount of)
    {
        var parts = kind == Kind.Ties ? random.Next(3) * 50 : random.Next(101);
        return new(of.MilliCpu * parts / 100, of.MemoryMib * parts / 100, of.DiskGib * parts / 100);
    }

    private ImmutableArray<OfferedService> SomeServices() => [.. Some(Names).Select(n => new OfferedService(n, OneIn(2) ? "2.2" : "", OneIn(3) ? ["WEBSOCKET"] : []))];

    private IEnumerable<string> Some(string[] words) => words.Where(_ => OneIn(4));

    private string Zone() => "z" + random.Next(kind == Kind.Alike ? 2 : 20);

    private string Site() => "s" + random.Next(15);
#pragma warning restore CA5394
}
