namespace Mano.Bench.Footprints;

/// <summary>What a small system takes when nothing happens.</summary>
internal sealed class MemoryRow : IBenchRow
{
    private const double Promised = 250;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static int Rounds => Effort.Of(3, 1);

    public string Name => "memory";

    public string Description =>
        $"""
        Resident memory of a MEO and two sites, idle for {Settled.TotalSeconds:0} s after they were ready: as `mano up` runs them, all in one process, and as the five processes of a deployment (a MEO, two MEPMs, two
        platforms), simulated VIMs. Processes of one runtime share the pages of its files, so beside the sum of what each has resident (RSS) there is the sum in which a shared page
        counts once (PSS). Floor: as many bare gRPC servers on ASP.NET Core. {Rounds} rounds. Published: peers ask for 6 to 190 GB.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var (one, five, bareOne, bareFive) = (new List<Taken>(), new List<Taken>(), new List<Taken>(), new List<Taken>());
        for (var round = 0; round < Rounds; round++)
        {
            bareOne.Add(await TakenAsync(_ => BareAsync(1)));
            one.Add(await TakenAsync(async folder => [await MeasuredProcess.StartUpAsync(folder)]));
            bareFive.Add(await TakenAsync(_ => BareAsync(5)));
            five.Add(await TakenAsync(SystemAsync));
        }

        return
        [
            new("`mano up`, RSS", "MiB", Of(bareOne, t => t.Rss), Of(one, t => t.Rss), null) { Headline = "memory, MEO and 2 sites idle, in one process", Bound = Bound.AtMost(Promised), Published = "peers: 6 to 190 GB" },
            new("five processes, PSS", "MiB", Of(bareFive, t => t.Pss), Of(five, t => t.Pss), null) { Headline = "the same as five processes, shared pages once", Bound = Bound.AtMost(Promised) },
            new("five processes, RSS", "MiB", Of(bareFive, t => t.Rss), Of(five, t => t.Rss), null) { Headline = "the same, shared pages five times", Bound = Bound.AtMost(Promised) },
        ];

        static Sample Of(List<Taken> rounds, Func<Taken, double> of) => new([.. rounds.Select(of)]);
    }

    private static async Task<Taken> TakenAsync(Func<string, Task<IReadOnlyList<MeasuredProcess>>> start)
    {
        var folder = Directory.CreateTempSubdirectory("mano-memory-").FullName;
        IReadOnlyList<MeasuredProcess> processes = [];
        try
        {
            processes = await start(folder);
            await Task.Delay(Settled, TimeProvider.System);
            return new(processes.Sum(p => p.Resident), processes.Sum(p => p.Proportional));
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Dispose();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<IReadOnlyList<MeasuredProcess>> BareAsync(int count) =>
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => MeasuredProcess.StartAsync("bare", "Mano.Bench.dll", "bare-server")));

    private static async Task<IReadOnlyList<MeasuredProcess>> SystemAsync(string folder)
    {
        var meo = await MeasuredProcess.StartAsync("meo", "Mano.Meo.dll", "--data", Path.Combine(folder, "meo"));
        List<MeasuredProcess> all = [meo];
        foreach (var site in new[] { "edge-a", "edge-b" })
        {
            var platform = await MeasuredProcess.StartAsync("platform", "Mano.MecPlatform.dll", "--data", Path.Combine(folder, site, "platform"));
            all.Add(platform);
            all.Add(await MeasuredProcess.StartAsync(
                "mepm", "Mano.Mepm.dll", "--data", Path.Combine(folder, site, "mepm"), "--site", site, "--meo", meo.Ready["grpc"],
                "--host", $"id={site}-1,zone=a,vim=Simulated,platform={platform.Ready["grpc"]}"));
        }

        return all;
    }

    private sealed record Taken(double Rss, double Pss);
}
