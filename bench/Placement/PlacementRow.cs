using System.Diagnostics;
using Mano.Meo.Placement;
using Mano.Meo.Placement.Search;

namespace Mano.Bench.Placement;

/// <summary>One placement in a fleet of 10,000 hosts, with the booking, against a look at every host.</summary>
internal sealed class PlacementRow : IBenchRow
{
    private static int Rounds => Effort.Of(9, 2);
    private const int ScansARound = 10;
    private const int DecisionsARound = 400;
    private const double Target = 1 / 50.0;

    private readonly PlacementOptions options = new();

    public string Name => "placement";

    public string Description =>
        $"""
        One placement in a fleet of 10000 hosts at 1000 sites: the decision with its few candidates and its sentence, and the booking, which makes the next
        snapshot of the fleet; each decision is made in the snapshot that the one before left. Floor: the same rules asked of every host in an array, no
        reasons, no booking, nothing allocated; when none is right, asked again for the reason and counted. {Rounds} rounds of {ScansARound} scans and {DecisionsARound} decisions, taking turns; that both find the same host is checked for each
        request of the first rounds.
        """;

    public Task<IReadOnlyList<Comparison>> MeasureAsync() =>
        Task.FromResult<IReadOnlyList<Comparison>>([.. BenchFleet.All().Select(Measure)]);

    private Comparison Measure(BenchFleet fleet)
    {
        var (scan, indexed) = (new Placer(options), new IndexedPlacer(options));
        Check(fleet, scan, indexed);
        Scan(fleet, scan);
        Decide(fleet, indexed);
        var (floors, subjects) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(Scan(fleet, scan));
            subjects.Add(Decide(fleet, indexed));
        }

        return new(fleet.Name, "µs", new(floors), new(subjects), Target) { Headline = $"placement, 10,000 hosts, {fleet.Name}" };
    }

    private static double Scan(BenchFleet fleet, Placer scan)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < ScansARound; i++)
        {
            if (scan.Best(Request(fleet, i), fleet.Hosts) is null)
            {
                scan.Count(Request(fleet, i), fleet.Hosts);
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / ScansARound;
    }

    private static double Decide(BenchFleet fleet, IndexedPlacer placer)
    {
        var hosts = fleet.Hosts;
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < DecisionsARound; i++)
        {
            hosts = Booked(hosts, fleet.Request, placer.Place(Request(fleet, i), hosts));
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / DecisionsARound;
    }

    private static void Check(BenchFleet fleet, Placer scan, IndexedPlacer placer)
    {
        var hosts = fleet.Hosts;
        for (var i = 0; i < ScansARound; i++)
        {
            var decision = placer.Place(Request(fleet, i), hosts);
            if (scan.Best(Request(fleet, i), hosts)?.Host.HostId != decision.HostId)
            {
                throw new InvalidOperationException($"'{fleet.Name}': the index does not find the host of the scan.");
            }

            hosts = Booked(hosts, fleet.Request, decision);
        }
    }

    private static FleetSnapshot Booked(FleetSnapshot hosts, PlacementRequest request, PlacementDecision decision) =>
        decision.HostId is { } id && hosts.Find(id) is { } host ? hosts.With(host with { Held = host.Held + request.Needed }) : hosts;

    private static PlacementRequest Request(BenchFleet fleet, int number) => fleet.Request with { Seed = "operation-" + number };
}
