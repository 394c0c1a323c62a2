using System.Threading.Channels;
using Mano.Meo.Inventory;
using Mano.Mesh.Discovery;
using Mano.Mesh.Failures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Discovery;

/// <summary>
/// Feeds the inventory from Consul's catalogue, as MEPMs that register directly feed it (docs/operations/discovery.md).
/// A passing check is a heartbeat; a critical one is silence, of which the inventory makes suspect and lost; an entry that
/// was taken out, and whose MEPM answers no more, has left. What a site is and has is asked of the site itself. While
/// Consul is away every site is asked instead, so that its silence is not taken for theirs.
/// </summary>
internal sealed class CatalogueFollower(
    [FromKeyedServices(ServiceNames.Mepm)] ServiceWatch catalogue, SiteDirectory inventory, ISiteQuestions questions, TimeProvider clock, ILogger<CatalogueFollower> logger)
    : BackgroundService
{
    /// <summary>Figures of a site whose hosts are well are asked for once in so many heartbeat intervals.</summary>
    private const int CalmFactor = 5;

    private readonly Dictionary<string, CataloguedSite> sites = new(StringComparer.Ordinal);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ServiceSnapshot seen = ServiceSnapshot.None;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        catalogue.Changed += Tell;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Round(stoppingToken);
                await Rest(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            catalogue.Changed -= Tell;
            await Task.WhenAll(sites.Values.Select(s => s.Asking)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(ServiceSnapshot snapshot) => news.Writer.TryWrite(true);

    private async Task Rest(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(Task.Delay(inventory.HeartbeatInterval, clock, either.Token), news.Reader.WaitToReadAsync(either.Token).AsTask());
        await either.CancelAsync();
        news.Reader.TryRead(out _);
    }

    private async Task Round(CancellationToken cancel)
    {
        try
        {
            Take(catalogue.Current);
            foreach (var site in sites.Values)
            {
                await Look(site, cancel);
            }

            foreach (var (key, _) in sites.Where(s => s.Value is { Standing: Standing.Dropped, Asking.IsCompleted: true }).ToList())
            {
                sites.Remove(key);
            }
        }
        catch (FailureException e)
        {
            // The store is away, for instance; the next round looks again.
            logger.RoundFailed(e.Failure.Message);
        }
#pragma warning disable CA1031 // a bug here must not blind the MEO for good; it is logged as an error
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            logger.Bug(e);
        }
    }

    private void Take(ServiceSnapshot snapshot)
    {
        if (snapshot.IsCurrent && snapshot.Reading != seen.Reading)
        {
            var listed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var instance in snapshot.Instances)
            {
                Take(instance, listed);
            }

            foreach (var (_, site) in sites.Where(s => !listed.Contains(s.Key)))
            {
                site.Missing(consulWasThere: snapshot.Outages == seen.Outages);
            }
        }

        seen = snapshot;
    }

    private void Take(ServiceInstance instance, HashSet<string> listed)
    {
        if (instance.Tag(ServiceNames.Site) is not { Length: > 0 } siteId)
        {
            logger.NoSite(instance.Id);
            return;
        }

        var key = $"{instance.Node}/{instance.Id}";
        listed.Add(key);
        if (!sites.TryGetValue(key, out var site))
        {
            sites[key] = site = new(siteId, instance);
            logger.Found(siteId, instance.Url);
        }

        site.Listed(instance);
    }

    private async Task Look(CataloguedSite site, CancellationToken cancel)
    {
        switch (site.Standing)
        {
            case Standing.Listed when seen.IsCurrent:
                var beat = await inventory.Heartbeat(site.SiteId, site.Instance.Incarnation, [], cancel);
                if (beat.IsRefused)
                {
                    Ask(site, cancel);
                }
                else if (clock.GetTimestamp() >= site.AskAgainAt)
                {
                    Ask(site, cancel);
                }

                break;
            case Standing.Critical when seen.IsCurrent:
                Trouble(site, site.Instance.Why, logger.Critical);
                break;
            case Standing.Dropped:
                break;
            default:
                Ask(site, cancel);
                break;
        }
    }

    private void Ask(CataloguedSite site, CancellationToken cancel)
    {
        if (site.Asking.IsCompleted)
        {
            site.Asking = Task.Run(() => AskAndTake(site, cancel), cancel);
        }
    }

    private async Task AskAndTake(CataloguedSite site, CancellationToken cancel)
    {
        var outcome = await questions.Ask(site.Instance.Url, cancel);
        var calm = 1;
        if (!outcome.TryGet(out var model, out var failure))
        {
            await NoAnswer(site, failure, cancel);
        }
        else if (model.SiteId != site.SiteId)
        {
            Trouble(site, $"its tag says {site.SiteId}, and the MEPM at {site.Instance.Url} says that it is {model.SiteId}.", logger.NotTaken);
        }
        else
        {
            calm = model.Hosts.All(h => h.Healthy) ? CalmFactor : 1;
            await TakeIn(site, model, cancel);
        }

        site.AskAgainAt = clock.GetTimestamp() + (long)(calm * inventory.HeartbeatInterval.TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>A heartbeat with its figures or, if the inventory does not know it so, a registration.</summary>
    private async Task TakeIn(CataloguedSite site, SiteModel model, CancellationToken cancel)
    {
        var known = inventory.Find(model.SiteId)?.Model;
        var isKnown = known is { Left: false } && known.Incarnation == model.Incarnation && HaveSameIds(known.Hosts, model.Hosts)
            && known.MepmAddress == model.MepmAddress && known.Name == model.Name && known.Location == model.Location;
        var outcome = isKnown
            ? await inventory.Heartbeat(model.SiteId, model.Incarnation, model.Hosts, cancel)
            : await inventory.Register(model, cancel);
        if (outcome.Failure is { } failure)
        {
            // Somebody else wrote the site at the same moment: the next round sees what it is now.
            if (failure.Kind is not (FailureKind.Conflict or FailureKind.NotFound))
            {
                Trouble(site, failure.Message, logger.NotTaken);
            }
        }
        else
        {
            site.Told = "";
        }
    }

    private async Task NoAnswer(CataloguedSite site, Failure failure, CancellationToken cancel)
    {
        switch (site.Standing)
        {
            case Standing.TakenOut:
                site.Drop();
                logger.Gone(site.SiteId);
                await inventory.Deregister(site.SiteId, site.Instance.Incarnation, cancel);
                break;
            case Standing.Forgotten:
                site.Drop();
                break;
            case Standing.Listed when seen.IsCurrent:
                Trouble(site, failure.Message, logger.NotTaken);
                break;
        }
    }

    /// <summary>A heartbeat tells figures of hosts that are registered; a host that came or went takes a registration.</summary>
    private static bool HaveSameIds(IEnumerable<HostReport> known, IEnumerable<HostReport> told) =>
        known.Select(h => h.HostId).Order(StringComparer.Ordinal).SequenceEqual(told.Select(h => h.HostId).Order(StringComparer.Ordinal), StringComparer.Ordinal);

    private static void Trouble(CataloguedSite site, string why, Action<string, string> tell)
    {
        if (site.Told != why)
        {
            site.Told = why;
            tell(site.SiteId, why);
        }
    }
}
