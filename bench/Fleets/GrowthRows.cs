namespace Mano.Bench.Fleets;

/// <summary>Instantiate as a function of how many sites are connected.</summary>
internal sealed class GrowthWithSitesRow : IBenchRow
{
    private const int InFlight = 16;

    private static int Rounds => Effort.Of(5, 2);

    private static int Operations => Effort.Of(256, 64);

    private static int[] Sites => Effort.IsQuick ? [1, 50] : [1, 10, 100, 1_000, 5_000];

    public string Name => "growth-with-sites";

    public string Description =>
        $"""
        Instantiate, {InFlight} in flight, {Rounds} rounds of {Operations}, at a MEO with so many sites connected, idle but for their heartbeats and for what is placed on them. The sites are simulated
        ones, all in this process, and their heartbeats take CPU of the same two cores: what is left over is what instantiate gets. The floor is the figure with one site.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var points = new List<(string, GrowthPoint)>();
        foreach (var sites in Sites)
        {
            await using var machine = await FleetMachine.StartAsync(bare: false, sites);
            points.Add(($"{sites} sites", await (await Growth.AtAsync(machine)).MeasureAsync(InFlight, Rounds, Operations)));
        }

        return Growth.Compare(points, target: null);
    }
}

/// <summary>Instantiate as a function of how many instances are on record.</summary>
internal sealed class GrowthWithStoredRow : IBenchRow
{
    private const int Sites = 10;
    private const int InFlight = 16;

    /// <summary>What is merely stored must not cost; a third is left for what drifts in a machine between the first figure and the last.</summary>
    private const double Target = 1.33;

    private static int Rounds => Effort.Of(5, 2);

    private static int Operations => Effort.Of(256, 64);

    private static int[] Stored => Effort.IsQuick ? [0, 1_000] : [0, 1_000, 10_000, 100_000];

    public string Name => "growth-with-stored";

    public string Description =>
        $"""
        Instantiate, {InFlight} in flight, {Rounds} rounds of {Operations}, at a MEO with {Sites} sites that has so many more application instances on record, which nobody asks anything of. The floor
        is the figure with none; the store and the process are the same from the first figure to the last, with every operation so far kept.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        await using var machine = await FleetMachine.StartAsync(bare: false, Sites);
        var growth = await Growth.AtAsync(machine);
        // The JIT's work is done before the first figure, or it would look better later.
        await growth.MeasureAsync(InFlight, Effort.Of(4, 1), Operations);
        var (points, stored) = (new List<(string, GrowthPoint)>(), 0);
        foreach (var wanted in Stored)
        {
            await growth.StoreAsync(wanted - stored);
            stored = wanted;
            points.Add(($"{wanted} stored", await growth.MeasureAsync(InFlight, Rounds, Operations)));
        }

        return Growth.Compare(points, Target);
    }
}

/// <summary>Instantiate as a function of how many are under way.</summary>
internal sealed class GrowthWithInFlightRow : IBenchRow
{
    private const int Sites = 10;

    private static int Rounds => Effort.Of(5, 2);

    private static int[] InFlight => Effort.IsQuick ? [1, 16] : [1, 8, 64, 512];

    public string Name => "growth-with-in-flight";

    public string Description =>
        $"""
        Instantiate at a MEO with {Sites} sites, so many in flight; {Rounds} rounds of 16 for each in flight, 64 at least and 1024 at most. The floor is the figure with one in flight: from where
        the cores are busy, more in flight wait longer and no more complete in a second.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        await using var machine = await FleetMachine.StartAsync(bare: false, Sites);
        var growth = await Growth.AtAsync(machine);
        await growth.MeasureAsync(16, Effort.Of(4, 1), 128);
        var points = new List<(string, GrowthPoint)>();
        foreach (var inFlight in InFlight)
        {
            points.Add(($"{inFlight} in flight", await growth.MeasureAsync(inFlight, Rounds, Math.Clamp(inFlight * 16, 64, 1_024))));
        }

        return Growth.Compare(points, target: null);
    }
}
