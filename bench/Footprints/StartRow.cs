using System.Diagnostics;
using System.Net;

namespace Mano.Bench.Footprints;

/// <summary>From the start of a process to the first answer that it is ready.</summary>
internal sealed class StartRow : IBenchRow
{
    private const double Promised = 2;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    private static int Rounds => Effort.Of(9, 2);

    public string Name => "start-to-ready";

    public string Description =>
        $"""
        From the start of the process, with an empty data folder, until `GET /ready` answers 200 (the bare server: until it answers at all): MEO, MEPM and platform one by one, and `mano up`, a MEO and two sites
        in one process, until it says that every site is connected and its host healthy. Floor: a bare gRPC server on ASP.NET Core. {Rounds} rounds, taking turns; the launcher script's
        own look for something newer to build is not in it.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var (bare, meo, mepm, platform, up) = (new List<double>(), new List<double>(), new List<double>(), new List<double>(), new List<double>());
        using var below = await PlatformProcess.StartAsync();
        for (var round = 0; round < Rounds; round++)
        {
            bare.Add(await ReadyAsync(_ => MeasuredProcess.StartAsync("bare", "Mano.Bench.dll", "bare-server")));
            meo.Add(await ReadyAsync(folder => MeasuredProcess.StartAsync("meo", "Mano.Meo.dll", "--data", folder)));
            mepm.Add(await ReadyAsync(folder => MeasuredProcess.StartAsync("mepm", "Mano.Mepm.dll", "--data", folder, "--site", "bench", "--host", $"id=bench-1,zone=a,vim=Simulated,platform={below.Address}")));
            platform.Add(await ReadyAsync(folder => MeasuredProcess.StartAsync("platform", "Mano.MecPlatform.dll", "--data", folder)));
            up.Add(await ReadyAsync(MeasuredProcess.StartUpAsync));
        }

        var floor = new Sample(bare);
        return
        [
            new("MEO", "s", floor, new(meo), null) { Headline = "start to ready, MEO", Bound = Bound.AtMost(Promised) },
            new("MEPM", "s", floor, new(mepm), null) { Headline = "start to ready, MEPM", Bound = Bound.AtMost(Promised) },
            new("platform", "s", floor, new(platform), null) { Headline = "start to ready, platform", Bound = Bound.AtMost(Promised) },
            new("`mano up`, a MEO and two sites", "s", floor, new(up), null) { Headline = "start to ready, `mano up` with two sites", Bound = Bound.AtMost(Promised) },
        ];
    }

    /// <summary>A platform that was there before, for the MEPM.</summary>
    private sealed class PlatformProcess(MeasuredProcess process, string folder) : IDisposable
    {
        public string Address => process.Ready["grpc"];

        public static async Task<PlatformProcess> StartAsync()
        {
            var folder = Directory.CreateTempSubdirectory("mano-start-").FullName;
            return new(await MeasuredProcess.StartAsync("platform", "Mano.MecPlatform.dll", "--data", folder), folder);
        }

        public void Dispose()
        {
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ReadyAsync(Func<string, Task<MeasuredProcess>> start)
    {
        var folder = Directory.CreateTempSubdirectory("mano-start-").FullName;
        var since = Stopwatch.GetTimestamp();
        try
        {
            using var process = await start(folder);
            if (process.Ready.TryGetValue("http", out var http))
            {
                using var client = new HttpClient();
                while (await StatusAsync(client, http) is not (HttpStatusCode.OK or HttpStatusCode.NotFound))
                {
                    await Task.Delay(Glance, TimeProvider.System);
                }
            }

            return Stopwatch.GetElapsedTime(since).TotalSeconds;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The bare server has no such page: that it says so is its answer.</summary>
    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string http)
    {
        using var answer = await client.GetAsync(new Uri(http + "/ready"));
        return answer.StatusCode;
    }
}
