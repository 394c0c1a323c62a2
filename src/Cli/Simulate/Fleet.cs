using System.Net;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mepm.Simulation;
using Mano.Mesh.Failures;

namespace Mano.Cli.Simulate;

/// <summary>All sites of a plan, running, and registered with one MEO.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    private const int StartedAtOnce = 64;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly string folder;
    private readonly FleetListener listener;

    private Fleet(string folder, FleetListener listener) => (this.folder, this.listener) = (folder, listener);

    public IReadOnlyList<FleetSite> Sites { get; private set; } = [];

    public int Connected => Sites.Count(s => s.IsConnected);

    /// <param name="plan">Which.</param>
    /// <param name="meo">Its gRPC.</param>
    /// <param name="listen">Null: on this machine.</param>
    /// <param name="surroundings">Time and ids.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<Fleet> StartAsync(FleetPlan plan, Uri meo, IPEndPoint? listen, Surroundings surroundings, CancellationToken stop)
    {
        var listener = await FleetListener.StartAsync(listen, plan.Sites.Count, stop);
        var fleet = new Fleet(Directory.CreateTempSubdirectory("mano-simulate-").FullName, listener);
        try
        {
            var sites = plan.Sites.Select((site, index) => new FleetSite(new SimulatedSite(
                new()
                {
                    SiteId = site.SiteId, Address = listener.AddressOf(index), Meo = meo, Folder = Path.Combine(fleet.folder, site.SiteId), Hosts = site.Hosts, Location = site.Location,
                },
                surroundings.Clock, surroundings.Ids))).ToArray();
            fleet.Sites = sites;
            listener.Serve(sites);
            await Parallel.ForEachAsync(sites, new ParallelOptions { MaxDegreeOfParallelism = StartedAtOnce, CancellationToken = stop }, async (site, cancel) => await site.StartAsync(cancel));
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Until the MEO watches every site.</summary>
    /// <exception cref="FailureException">DeadlineExceeded, with how many it does not.</exception>
    public async Task ConnectedAsync(TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        for (var since = clock.GetTimestamp(); Connected < Sites.Count; await Task.Delay(Glance, clock, stop))
        {
            if (clock.GetElapsedTime(since) > patience)
            {
                throw Failure.DeadlineExceeded(
                    "NOT_CONNECTED", $"{Sites.Count - Connected} of {Sites.Count} sites are not connected to the MEO after {Words.Elapsed(patience)}. Does it reach the sites at {listener.AddressOf(0)}? --listen names another address.").ToException();
            }
        }
    }

    /// <summary>Until the MEO has seen every host to be healthy: a site says so with its next heartbeat after it has reached its VIM.</summary>
    /// <exception cref="FailureException">DeadlineExceeded, with how many it has not.</exception>
    public async Task UsableAsync(MeoConnection meo, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var missing = Sites.SelectMany(s => s.Site.HostIds).ToHashSet(StringComparer.Ordinal);
        for (var since = clock.GetTimestamp(); ; await Task.Delay(5 * Glance, clock, stop))
        {
            await foreach (var host in FleetAgreement.HostsAsync(meo, stop))
            {
                _ = host.Healthy && missing.Remove(host.HostId);
            }

            if (missing.Count == 0)
            {
                return;
            }

            if (clock.GetElapsedTime(since) > patience)
            {
                throw Failure.DeadlineExceeded("NOT_HEALTHY", $"{missing.Count} hosts are not healthy after {Words.Elapsed(patience)}.").ToException();
            }
        }
    }

    /// <summary>Takes every site out of the MEO's inventory.</summary>
    public Task LeaveAsync(CancellationToken stop) => Parallel.ForEachAsync(
        Sites, new ParallelOptions { MaxDegreeOfParallelism = StartedAtOnce, CancellationToken = stop }, async (site, cancel) =>
        {
            try
            {
                await site.Site.LeaveAsync(cancel);
            }
            catch (Grpc.Core.RpcException)
            {
                // The MEO is away, or has forgotten it: it is as good as gone there.
            }
        });

    public async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(Sites, new ParallelOptions { MaxDegreeOfParallelism = StartedAtOnce }, async (site, _) => await site.DisposeAsync());
        await listener.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
