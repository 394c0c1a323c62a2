using System.Diagnostics;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;
using Mano.MecPlatform.Traffic.Nft;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Bench.Gateway;

/// <summary>Rules into a kernel, against nft with the finished text.</summary>
internal sealed class NftApplyRow : IBenchRow
{
    private static int Rounds => Effort.Of(7, 2);

    public string Name => "nft-apply";

    public string Description =>
        $"""
        {BenchRules.Many} traffic rules of an instance applied to a gateway that has none, in one transaction: numbering, compiling both families' tables,
        keeping the numbers (a file), `nft -f`, and what is then known to be active. Floor: `nft -f` of the very text that was written, into a gateway in the same
        state. Then one rule more. {Rounds} rounds, taking turns, each with the gateway's tables made anew.
        """;

    public Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        if (BenchEdge.WhyNot() is { } missing)
        {
            throw new MissingHereException(missing);
        }

        using var edge = new BenchEdge();
        var folder = Directory.CreateTempSubdirectory("mano-bench-");
        try
        {
            return Task.FromResult<IReadOnlyList<Comparison>>(
            [
                .. Compare(edge, folder.FullName, $"{BenchRules.Many} single addresses and ports", BenchRules.Exact, 1.5),
                .. Compare(edge, folder.FullName, $"{BenchRules.Many} prefixes and ranges of ports", BenchRules.Ranges, 1.5),
            ]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Comparison> Compare(BenchEdge edge, string folder, string figure, IReadOnlyList<TrafficRule> rules, double target)
    {
        var (floors, subjects, floorsOfOne, subjectsOfOne) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var numbers = 0;
        for (var round = -1; round < Rounds; round++)
        {
            var gateway = new GatewayNamespace(edge.Name("gw"));
            var kernel = new Recording(new NftCommands(gateway));
            kernel.Apply("flush ruleset");
            using var plane = new NftDataPlane(
                kernel, RuleNumbers.Open(Path.Combine(folder, $"{rules[0].Id}{rules.Count}-{++numbers}.json")), new GtpGateway(gateway, NullLogger<GtpGateway>.Instance), NullLogger<NftDataPlane>.Instance);
            plane.Begin();
            var begun = kernel.Last;
            var all = Milliseconds(() => plane.Apply("bench", BenchRules.Instance, rules));
            var written = kernel.Last;
            var one = Milliseconds(() => plane.Apply("another", BenchRules.Instance, [BenchRules.One with { Id = "one more", Filters = [new() { DstAddress = ["192.0.2.1"], DstPort = ["80"], Protocol = ["TCP"] }] }]));
            var writtenOne = kernel.Last;

            kernel.Apply("flush ruleset");
            kernel.Apply(begun);
            var floor = Milliseconds(() => kernel.Apply(written));
            var floorOfOne = Milliseconds(() => kernel.Apply(writtenOne));
            if (round >= 0)
            {
                floors.Add(floor);
                subjects.Add(all);
                floorsOfOne.Add(floorOfOne);
                subjectsOfOne.Add(one);
            }
        }

        yield return new(figure, "ms", new(floors), new(subjects), target);
        yield return new("and one rule more", "ms", new(floorsOfOne), new(subjectsOfOne), null);
    }

    private static double Milliseconds(Action work)
    {
        var started = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Keeps the last transaction.</summary>
    private sealed class Recording(INftKernel kernel) : INftKernel
    {
        public string Last { get; private set; } = "";

        public void Apply(string transaction)
        {
            Last = transaction;
            kernel.Apply(transaction);
        }

        public string? List(NftFamily family) => kernel.List(family);

        public void ForgetFlows(IReadOnlyCollection<int> numbers) => kernel.ForgetFlows(numbers);
    }
}
