using Mano.Bench;
using Mano.Bench.Footprints;
using Mano.Bench.Gateway;
using Mano.Bench.Placement;
using Mano.Bench.Rows;

if (args is ["footprint", .. var more])
{
    await Console.Out.WriteLineAsync(await Footprint.MeasureAsync(redis: more.Contains("--redis")));
    return 0;
}

// One line a row, in the order of DESIGN section 7.
IBenchRow[] rows = [new UnaryCallRow(), new InstantiateRow(), new RedisCommitRow(), new ContainerRow(), new NftApplyRow(), new GatewayRow(), new PlacementRow(), new PlacementQualityRow()];

var wanted = args.Length == 0 ? rows : [.. rows.Where(row => args.Contains(row.Name))];
if (wanted.Length == 0)
{
    await Console.Error.WriteLineAsync($"bench: no row is called {string.Join(", ", args)}; there are: {string.Join(", ", rows.Select(r => r.Name))}.");
    return 2;
}

var results = new List<(IBenchRow, IReadOnlyList<Comparison>)>();
foreach (var row in wanted)
{
    await Console.Error.WriteLineAsync($"bench: {row.Name} …");
    results.Add((row, await row.MeasureAsync()));
}

var text = ResultsPage.Render(results);
await Console.Out.WriteLineAsync(text);
if (args.Length == 0)
{
    await File.WriteAllTextAsync(Path.Combine("bench", "RESULTS.md"), text);
}

return 0;
