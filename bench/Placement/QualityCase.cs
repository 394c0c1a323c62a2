using Mano.Meo.Placement;

namespace Mano.Bench.Placement;

/// <summary>Few hosts and a list of requests that together ask for about as much as there is, or more.</summary>
internal sealed record QualityCase(IReadOnlyList<HostModel> Hosts, IReadOnlyList<PlacementRequest> Requests)
{
    private const int Requested = 14;

    /// <summary>Requests of one to six virtual CPUs, each size as often as another.</summary>
    public static QualityCase Even(int seed) => Of(seed, 4, random => 1 + random.Next(6), random => 1 + random.Next(4));

    /// <summary>
    /// As traces of shared clusters are described in print: most requests small, a few very large (a Pareto tail, exponent about 1), CPU and memory
    /// only loosely bound to each other.
    /// </summary>
    public static QualityCase HeavyTailed(int seed) => Of(seed, 4, random => Pareto(random, 14), random => Pareto(random, 8));

    /// <summary>Hosts of different sizes.</summary>
    public static QualityCase Uneven(int seed) => Of(seed, 3, random => Pareto(random, 10), random => 1 + random.Next(4), sizes: [8, 16, 24]);

    /// <summary>What placement as configured does with the requests one by one, in the order in which they come: the values of those placed.</summary>
    public double Placed(PlacementOptions options, Func<PlacementRequest, HostModel, double> value)
    {
        var (placer, fleet, sum) = (new Placer(options), FleetSnapshot.Of(Hosts), 0.0);
        foreach (var request in Requests)
        {
            if (placer.Best(request, fleet) is { Host: var host })
            {
                sum += value(request, host);
                fleet = fleet.With(GroupPlacement.Occupied(host, request));
            }
        }

        return sum;
    }

    /// <summary>The most that the requests could be worth.</summary>
    public double Optimum(Func<PlacementRequest, HostModel, double> value)
    {
        var rules = new PlacementRules(new());
        return new ExactPlacement(
            [.. Requests.Select(r => r.Needed)],
            [.. Hosts.Select(h => h.Free)],
            (i, h) => rules.Reason(Requests[i], Hosts[h]) is null ? value(Requests[i], Hosts[h]) : -1).Best();
    }

#pragma warning disable CA5394 // the same cases in every run
    private static QualityCase Of(int seed, int hosts, Func<Random, int> cpus, Func<Random, int> gibs, int[]? sizes = null)
    {
        var random = new Random(seed);
        return new(
            [.. Enumerable.Range(0, hosts).Select(i => new HostModel
            {
                HostId = "host-" + i,
                SiteId = "site-" + i,
                WorkloadKinds = ["any"],
                Total = new(1000 * (sizes?[i] ?? 12), 1024 * 2 * (sizes?[i] ?? 12), 1000),
                LatencyNs = (2 + random.Next(12)) * 1_000_000L,
            })],
            [.. Enumerable.Range(0, Requested).Select(i =>
            {
                var cpu = cpus(random);
                return new PlacementRequest
                {
                    Seed = $"case-{seed}-{i}",
                    Needed = new(1000 * cpu, 1024 * Math.Max(1, cpu * gibs(random) / 2), 1),
                    MaxLatencyNs = random.Next(3) == 0 ? (5 + random.Next(10)) * 1_000_000L : null,
                };
            })]);
    }

    private static int Pareto(Random random, int most) => (int)Math.Min(most, Math.Ceiling(1 / (1.0001 - random.NextDouble())));
#pragma warning restore CA5394
}
