using Mano.Mepm.Simulation;
using Mano.Mepm.Sites;
using Mano.VimAdapters.Simulated;

namespace Mano.Cli.Simulate;

/// <summary>What a fleet is and what will happen to it: the same options give the same plan, on every machine.</summary>
internal sealed record FleetPlan(IReadOnlyList<PlannedSite> Sites, IReadOnlyList<PlannedOutage> Outages)
{
    private const int SitesAZone = 5;

    /// <summary>Sizes of hosts, in CPUs: a box in a cabinet to a small rack.</summary>
    private static readonly int[] Sizes = [16, 32, 64, 128];

    public static FleetPlan Of(FleetOptions options)
    {
#pragma warning disable CA5394 // the same fleet for the same seed, not a secret
        var random = new Random(options.Seed);
        var sites = new PlannedSite[options.Sites];
        for (var i = 0; i < sites.Length; i++)
        {
            var (id, distance) = ($"sim-{i + 1:00000}", random.NextDouble());
            var place = new SiteLocation(Math.Round(36 + (random.NextDouble() * 24), 3), Math.Round(-9 + (random.NextDouble() * 33), 3));
            var hosts = Enumerable.Range(1, options.HostsPerSite).Select(number => new SimulatedHost(
                $"{id}-{number}", $"zone-{i / SitesAZone + 1}", TimeSpan.FromMicroseconds(Math.Round(1_000 + (distance * 19_000))), Vim(options, Sizes[random.Next(Sizes.Length)], random.Next())));
            sites[i] = new(id, place, [.. hosts]);
        }

        var outages = Enumerable.Range(0, options.Outages).Select(_ => new PlannedOutage(
            options.Duration * (random.NextDouble() * 0.8), random.Next(sites.Length), random.Next(2) == 0 ? OutageKind.Cut : OutageKind.Restart, options.OutageTime * (0.5 + random.NextDouble())));
        return new(sites, [.. outages.OrderBy(o => o.At)]);
#pragma warning restore CA5394
    }

    private static SimulatedVimOptions Vim(FleetOptions options, int drawn, int seed) => Vim(options, (long)(options.CpusPerHost > 0 ? options.CpusPerHost : drawn), seed);

    private static SimulatedVimOptions Vim(FleetOptions options, long cpus, int seed) => new()
    {
        BootTime = options.Boot, BootTimeSpread = options.BootSpread, Seed = seed,
        FaultRate = options.VimFaults, LostReplyRate = options.LostReplies, BootFailureRate = options.BootFailures,
        MilliCpu = cpus * 1_000, MemoryMib = cpus * 4_096, DiskGib = cpus * 64, AddressRange = "127.64.0.0/16",
    };
}

/// <param name="SiteId">As it registers.</param>
/// <param name="Location">Somewhere in Europe.</param>
/// <param name="Hosts">With their VIMs, each with a seed of its own.</param>
internal sealed record PlannedSite(string SiteId, SiteLocation Location, IReadOnlyList<SimulatedHost> Hosts)
{
    /// <summary>Hosts one by one, so that two plans are equal when they are the same.</summary>
    public bool Equals(PlannedSite? other) => other is not null && SiteId == other.SiteId && Location == other.Location && Hosts.Select(Fact).SequenceEqual(other.Hosts.Select(Fact));

    public override int GetHashCode() => SiteId.GetHashCode(StringComparison.Ordinal);

    private static (string, string, TimeSpan, int, long, double) Fact(SimulatedHost h) => (h.HostId, h.Zone, h.Latency, h.Vim.Seed, h.Vim.MilliCpu, h.Vim.FaultRate);
}

/// <summary>A site goes away and comes back.</summary>
/// <param name="At">After all instances are up.</param>
/// <param name="Site">Which, from 0.</param>
/// <param name="Kind">How.</param>
/// <param name="For">For how long.</param>
internal sealed record PlannedOutage(TimeSpan At, int Site, OutageKind Kind, TimeSpan For);

/// <summary>How a site goes away.</summary>
internal enum OutageKind
{
    /// <summary>Its network is cut; its MEPM goes on.</summary>
    Cut,

    /// <summary>Its MEPM ends, and starts again on what it stored.</summary>
    Restart,
}
