using Mano.Bench.Footprints;
using Mano.Cli.Connection;
using Mano.Cli.Simulate;
using Mano.Cli.Terminal;

namespace Mano.Bench.Fleets;

/// <summary>A MEO (or what stands for one) in a process of its own, and a fleet of simulated sites in this one.</summary>
internal sealed class FleetMachine : IAsyncDisposable
{
    /// <summary>So many that no round fills even one.</summary>
    private const int CpusAHost = 100_000;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static readonly Surroundings Around = Surroundings.OfThisProcess();

    private readonly string folder = Directory.CreateTempSubdirectory("mano-bench-fleet-").FullName;
    private Fleet? fleet;

    public MeasuredProcess Meo { get; private set; } = null!;

    public MeoConnection Connection { get; private set; } = null!;

    /// <summary>MiB resident before any site was connected.</summary>
    public double Before { get; private set; }

    public int Connected => fleet!.Connected;

    /// <param name="bare">Not a MEO, but the server that does nothing.</param>
    /// <param name="sites">How many sites, of one host each, with VIMs that boot at once.</param>
    public static async Task<FleetMachine> StartAsync(bool bare, int sites)
    {
        var machine = new FleetMachine();
        machine.Meo = bare
            ? await MeasuredProcess.StartAsync("bare", "Mano.Bench.dll", "bare-server")
            : await MeasuredProcess.StartAsync("meo", "Mano.Meo.dll", "--data", machine.folder);
        var address = new Uri(machine.Meo.Ready["grpc"]);
        machine.Connection = new(address.GetLeftPart(UriPartial.Authority), Around.Ids.NewId(), TimeProvider.System);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        machine.Before = machine.Meo.Resident;
        machine.fleet = await Fleet.StartAsync(FleetPlan.Of(new() { Sites = sites, CpusPerHost = CpusAHost }), address, null, Around, CancellationToken.None);
        await machine.fleet.ConnectedAsync(Patience, TimeProvider.System, CancellationToken.None);
        return machine;
    }

    /// <summary>Until every host may be placed on.</summary>
    public Task UsableAsync() => fleet!.UsableAsync(Connection, Patience, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await (fleet?.DisposeAsync() ?? ValueTask.CompletedTask);
        Connection.Dispose();
        Meo.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
