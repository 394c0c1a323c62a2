using Mano.Cli.Connection;
using Mano.Inventory.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Up;

/// <summary>Waits until the MEO hears from sites that were just started.</summary>
internal static class SiteReadiness
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    /// <exception cref="FailureException">DeadlineExceeded, with what is missing.</exception>
    public static async Task WaitAsync(MeoConnection meo, IReadOnlyList<string> siteIds, TimeSpan patience, TimeProvider clock, CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var sites = await meo.SitesAsync(stop);
            var missing = siteIds.Select(id => WhyNotReady(id, sites.Find(s => s.SiteId == id))).FirstOrDefault(why => why is not null);
            if (missing is null)
            {
                return;
            }

            if (clock.GetElapsedTime(since) > patience)
            {
                throw Failure.DeadlineExceeded("NOT_READY", $"The system did not come up within {patience.TotalSeconds:0} s: {missing}.").ToException();
            }

            await Task.Delay(Glance, clock, stop);
        }
    }

    private static string? WhyNotReady(string id, SiteInfo? site) => site switch
    {
        null => $"{id} has not registered with the MEO",
        { Health: not SiteInfo.Types.Health.Alive } => $"the MEO does not hear from {id}",
        { Hosts.Count: 0 } => $"{id} has no host",
        _ when site.Hosts.FirstOrDefault(h => !h.Healthy) is { } sick => $"{sick.HostId} is not healthy: {sick.Message}",
        _ => null,
    };
}
