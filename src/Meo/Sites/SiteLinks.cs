using System.Collections.Concurrent;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Mesh.Channels;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Sites;

/// <summary>One link to each site that has not left, following the inventory; and everything operations ask of sites.</summary>
internal sealed class SiteLinks(SiteDirectory sites, GrpcChannels channels, TimeProvider clock, ILogger<SiteLinks> logger)
    : ISites, ISiteReports, IHostedService, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SiteMirror> mirrors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Open> links = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private bool isStopped;

    public async Task<Outcome<SiteInstance>> Ensure(string siteId, DesiredApp desired, CancellationToken cancel) =>
        Find(siteId).TryGet(out var link, out var failure) ? await link.Ensure(desired, cancel) : failure;

    public async Task<Outcome<bool>> RemoveIfAny(string siteId, string appInstanceId, long generation, TimeSpan graceful, CancellationToken cancel) =>
        Find(siteId).TryGet(out var link, out var failure) ? await link.RemoveIfAny(appInstanceId, generation, graceful, cancel) : failure;

    public event Action<string>? Synced;

    public SiteReport Report(string siteId) => Mirror(siteId).Report();

    public async Task<Outcome<SiteInstance?>> Ask(string siteId, string appInstanceId, CancellationToken cancel) =>
        Find(siteId).TryGet(out var link, out var failure) ? await link.Ask(appInstanceId, cancel) : failure;

    public SiteView View(string siteId, string appInstanceId) => Mirror(siteId).View(appInstanceId);

    public IAsyncEnumerable<SiteView> Watch(string siteId, string appInstanceId, CancellationToken cancel) =>
        Mirror(siteId).Watch(appInstanceId, cancel);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        sites.Changed += Follow;
        for (var after = (string?)null; ;)
        {
            var page = sites.List(after, 1000);
            foreach (var site in page.Items)
            {
                Follow(site);
            }

            if (page.NextToken.Length == 0)
            {
                return Task.CompletedTask;
            }

            after = page.NextToken;
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        sites.Changed -= Follow;
        List<Open> open;
        lock (gate)
        {
            isStopped = true;
            open = [.. links.Values];
            links.Clear();
        }

        await Task.WhenAll(open.Select(o => o.Link.DisposeAsync().AsTask()));
    }

    public async ValueTask DisposeAsync() => await StopAsync(default);

    private SiteMirror Mirror(string siteId) => mirrors.GetOrAdd(siteId, id =>
    {
        var mirror = new SiteMirror(clock);
        mirror.Synced += () => Synced?.Invoke(id);
        return mirror;
    });

    private Outcome<SiteLink> Find(string siteId)
    {
        lock (gate)
        {
            return links.TryGetValue(siteId, out var open)
                ? open.Link
                : Failure.Unavailable("SITE_AWAY", $"Site {siteId} is not registered at the moment.", "site/" + siteId);
        }
    }

    private void Follow(SiteStatus site)
    {
        Open? old = null;
        lock (gate)
        {
            var known = links.GetValueOrDefault(site.Model.SiteId);
            if (isStopped || (known?.Address == site.Model.MepmAddress && site.Health != SiteHealth.Left))
            {
                known?.Link.Hurry();
                return;
            }

            old = known;
            links.Remove(site.Model.SiteId);
            if (site.Health != SiteHealth.Left)
            {
                links[site.Model.SiteId] = Connect(site.Model);
            }
        }

        if (old is not null)
        {
            _ = old.Link.DisposeAsync().AsTask();
        }
    }

    private Open Connect(SiteModel site) => new(
        site.MepmAddress,
        new(site.SiteId, channels.For(site.MepmAddress).CreateCallInvoker(), Mirror(site.SiteId), clock, logger));

    private sealed record Open(string Address, SiteLink Link);
}
