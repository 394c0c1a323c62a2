using System.Diagnostics;
using Mano.Bench;
using Mano.Bench.Fleets;
using Mano.Bench.Footprints;
using Mano.Bench.Gateway;
using Mano.Bench.Placement;
using Mano.Bench.Rows;

switch (args)
{
    case ["footprint", .. var more]:
        await Console.Out.WriteLineAsync(await Footprint.MeasureAsync(redis: more.Contains("--redis")));
        return 0;
    case ["-h" or "--help", ..]:
        await Console.Out.WriteLineAsync("bench/run [--quick] [ROW...]: measures every row, or these, against its floor; bench/run itself says more.");
        return 0;
    case ["bare-server", ..]:
        await BareServer.RunAsync();
        return 0;
}

// In the order of DESIGN section 7; then what explains them.
IBenchRow[] rows =
[
    new UnaryCallRow(), new InstantiateRow(), new PlacementRow(), new SitesRow(), new MemoryRow(), new StartRow(),
    new GrowthWithSitesRow(), new GrowthWithStoredRow(), new GrowthWithInFlightRow(), new MicroRow(),
    new PlacementQualityRow(), new RedisCommitRow(), new ContainerRow(), new NftApplyRow(), new GatewayRow(),
];

Effort.IsQuick = args.Contains("--quick");
var names = args.Where(a => !a.StartsWith('-')).ToArray();
var unknown = args.Where(a => a.StartsWith('-') && a != "--quick").Concat(names.Except(rows.Select(r => r.Name))).ToArray();
if (unknown.Length > 0)
{
    await Console.Error.WriteLineAsync($"bench: neither a row nor an option is called {string.Join(", ", unknown)}; there are: --quick, {string.Join(", ", rows.Select(r => r.Name))}.");
    return 2;
}

_ = ResultsPage.LoadAtStart;
var results = new List<RowResult>();
foreach (var row in names.Length == 0 ? rows : [.. rows.Where(row => names.Contains(row.Name))])
{
    await Console.Error.WriteAsync($"bench: {row.Name} … ");
    var begun = Stopwatch.GetTimestamp();
    IReadOnlyList<Comparison> measured = [];
    var (missing, failure) = ("", "");
    try
    {
        measured = await row.MeasureAsync();
    }
    catch (MissingHereException e)
    {
        missing = e.Message;
        await Console.Error.WriteAsync($"left out: it needs {missing}; ");
    }
#pragma warning disable CA1031 // one row that fails must not cost the others; the run fails at the end
    catch (Exception e)
#pragma warning restore CA1031
    {
        failure = ResultsPage.Sentence(e);
        await Console.Error.WriteLineAsync($"failed: {e}");
        Environment.ExitCode = 1;
    }

    results.Add(new(row, measured, Stopwatch.GetElapsedTime(begun)) { Missing = missing, Failure = failure });
    await Console.Error.WriteLineAsync($"{results[^1].Took.TotalSeconds:0} s");
}

var text = ResultsPage.Render(results, Effort.IsQuick);
await Console.Out.WriteLineAsync(text);
if (names.Length == 0 && !Effort.IsQuick)
{
    await File.WriteAllTextAsync(Path.Combine("bench", "RESULTS.md"), text);
}

return Environment.ExitCode;
