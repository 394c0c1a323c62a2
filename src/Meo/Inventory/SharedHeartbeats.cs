using System.Collections.Concurrent;
using Mano.Meo.Replicas;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Meo.Inventory;

/// <summary>
/// A site speaks to one replica; this tells the others that it was heard: every site heard since the last turn, in one commit (in several, beyond
/// a thousand). Only where the store is shared. The key's new version is the news; nobody compares clocks. While it cannot be followed,
/// silence means nothing, and afterwards every site counts as heard just now.
/// </summary>
internal sealed class SharedHeartbeats : BackgroundService, IStateMirror
{
    private const string Prefix = $"site-heard/{Tenants.Default}/";
    private const int MostInOneCommit = 1000;
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(1);

    private readonly IStateStore store;
    private readonly SiteDirectory sites;
    private readonly ReplicaOptions self;
    private readonly TimeProvider clock;
    private readonly ILogger<SharedHeartbeats> logger;
    private readonly ConcurrentDictionary<string, bool> heard = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> versions = new(StringComparer.Ordinal);

    public SharedHeartbeats(IStateStore store, SiteDirectory sites, ReplicaOptions self, TimeProvider clock, ILogger<SharedHeartbeats> logger)
    {
        (this.store, this.sites, this.self, this.clock, this.logger) = (store, sites, self, clock, logger);
        sites.HeardHere += siteId => heard[siteId] = true;
    }

    public IReadOnlyCollection<string> Keys => [.. versions.Keys];

    public ValueTask Put(Entry entry)
    {
        if (entry.Version > versions.GetValueOrDefault(entry.Key))
        {
            versions[entry.Key] = entry.Version;
            if (entry.As(InventoryJson.Default.SiteHeard).Value.By != self.Name)
            {
                sites.HeardElsewhere(entry.Key[Prefix.Length..]);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(string key, long version)
    {
        versions.TryRemove(key, out _);
        return ValueTask.CompletedTask;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var follower = new StateFollower(store, Prefix, this, clock) { Trouble = Trouble };
        await follower.Start(stoppingToken);
        await Task.WhenAll(follower.Follow(stoppingToken), Tell(stoppingToken));
    }

    private void Trouble(Failure? failure)
    {
        if (failure is null)
        {
            sites.SeeAgain();
        }
        else
        {
            sites.IsBlind = true;
        }
    }

    private async Task Tell(CancellationToken stop)
    {
        var half = sites.HeartbeatInterval / 2;
        using var timer = new PeriodicTimer(half < LongestTurn ? half : LongestTurn, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var now = heard.Keys.ToList();
            foreach (var siteId in now)
            {
                heard.TryRemove(siteId, out _);
            }

            foreach (var some in now.Chunk(MostInOneCommit))
            {
                await Tell(some, stop);
            }
        }
    }

    private async Task Tell(string[] siteIds, CancellationToken stop)
    {
        var batch = new Batch();
        foreach (var siteId in siteIds)
        {
            batch.Put(Prefix + siteId, new SiteHeard(self.Name), InventoryJson.Default.SiteHeard);
        }

        try
        {
            await store.Commit(batch, stop);
        }
        catch (FailureException away)
        {
            // The next heartbeats come; nobody counts a site as silent meanwhile who knows that the store is away.
            logger.HeartbeatsUnshared(away.Failure);
        }
    }
}

/// <summary>That a site was heard.</summary>
/// <param name="By">The replica that heard it.</param>
internal sealed record SiteHeard(string By);
