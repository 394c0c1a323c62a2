using System.Diagnostics;

namespace Mano.Bench.Fleets;

/// <summary>Many sites at one MEO, against as many at a server that does nothing with them.</summary>
internal sealed class SitesRow : IBenchRow
{
    private const int Promised = 5_000;
    private const double IntervalSeconds = 2;

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(6);

    private static int Sites => Effort.Of(Promised, 500);

    private static int Rounds => Effort.Of(5, 2);

    public string Name => "sites";

    public string Description =>
        $"""
        {Sites} sites connected to one MEO, a process of its own: each registered, heart-beating every {IntervalSeconds} s over a connection of its own, and watched by the MEO over
        another. The sites are those of `mano simulate`, all in this process, real MEPM code, one host each, idle. Floor: the same sites at a gRPC server that opens the same
        watches, answers the same heartbeats and does nothing else. Memory is the process's growth from before the first site, CPU that of the process; {Rounds} rounds of
        {Round.TotalSeconds:0} s each. Published: 1,024 emulated sites on one machine, 3,500 at a hub.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var floor = await MeasureAsync(bare: true);
        var subject = await MeasureAsync(bare: false);
        return
        [
            new("connected", "sites", null, new(subject.Connected), null) { Headline = "sites held by one MEO", Bound = Bound.AtLeast(Sites), Published = "1,024; 3,500 a hub" },
            new("memory a site", "KiB", new(floor.KibASite), new(subject.KibASite), null) { Headline = "memory a site, in the MEO's process" },
            new("CPU of a round of heartbeats, all sites", "ms", new(floor.HeartbeatRound), new(subject.HeartbeatRound), null),
            new("until all were connected", "s", new([floor.ConnectedAfter]), new([subject.ConnectedAfter]), null),
        ];
    }

    private static async Task<Measured> MeasureAsync(bool bare)
    {
        var since = Stopwatch.GetTimestamp();
        await using var machine = await FleetMachine.StartAsync(bare, Sites);
        var connectedAfter = Stopwatch.GetElapsedTime(since).TotalSeconds;
        await Task.Delay(Settled, TimeProvider.System);
        var (connected, memory, rounds) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            var (before, begun) = (machine.Meo.CpuSeconds, Stopwatch.GetTimestamp());
            await Task.Delay(Round, TimeProvider.System);
            rounds.Add((machine.Meo.CpuSeconds - before) * 1000 * IntervalSeconds / Stopwatch.GetElapsedTime(begun).TotalSeconds);
            memory.Add((machine.Meo.Resident - machine.Before) * 1024 / Sites);
            connected.Add(machine.Connected);
        }

        return new(connected, memory, rounds, connectedAfter);
    }

    private sealed record Measured(IReadOnlyList<double> Connected, IReadOnlyList<double> KibASite, IReadOnlyList<double> HeartbeatRound, double ConnectedAfter);
}
