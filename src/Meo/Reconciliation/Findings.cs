using Mano.Meo.Northbound;
using Mano.Meo.Pruning;
using Mano.Mesh.State;

namespace Mano.Meo.Reconciliation;

/// <summary>
/// The stored findings. Only the owner of the ledger writes them; it keeps the open ones of a site in memory for as long as its
/// epoch lasts, so that a site with nothing wrong costs no read.
/// </summary>
internal sealed class Findings(IStateStore store, TimeProvider clock)
{
    public const string Prefix = $"finding/{Tenants.Default}/";

    private readonly Lock gate = new();
    private readonly Dictionary<string, (long Epoch, Dictionary<string, Finding> Open)> sites = new(StringComparer.Ordinal);
    private SlowWalk? walk;

    public static string Key(string siteId, string appInstanceId) => $"{Prefix}{siteId}/{appInstanceId}";

    /// <summary>The token of a finding that a page may begin after.</summary>
    public static string TokenOf(Finding finding) => $"{finding.SiteId}/{finding.AppInstanceId}";

    /// <summary>How many are open, by kind, as far as this process looks after them.</summary>
    public IReadOnlyList<(Difference Kind, int Count)> OpenByKind()
    {
        lock (gate)
        {
            return [.. sites.Values.SelectMany(s => s.Open.Values).GroupBy(f => f.Kind).Select(g => (g.Key, g.Count()))];
        }
    }

    /// <summary>The open findings of a site, by instance.</summary>
    public async Task<IReadOnlyDictionary<string, Finding>> Open(string siteId, ShardFence fence, CancellationToken cancel)
    {
        lock (gate)
        {
            if (sites.TryGetValue(siteId, out var known) && known.Epoch == fence.Epoch)
            {
                return new Dictionary<string, Finding>(known.Open);
            }
        }

        var open = new Dictionary<string, Finding>(StringComparer.Ordinal);
        await foreach (var stored in store.ScanAll($"{Prefix}{siteId}/", ReconciliationJson.Default.Finding, cancel))
        {
            if (stored.Value.IsOpen)
            {
                open[stored.Value.AppInstanceId] = stored.Value;
            }
        }

        lock (gate)
        {
            sites[siteId] = (fence.Epoch, new(open));
        }

        return open;
    }

    /// <summary>A new finding, not stored yet; with the time of the open one that it takes the place of.</summary>
    public Finding New(string siteId, string appInstanceId, Difference kind, string action, string message, Finding? before) => new()
    {
        SiteId = siteId,
        AppInstanceId = appInstanceId,
        Kind = kind,
        Action = action,
        Message = message,
        FoundAt = before is { IsOpen: true } && before.Kind == kind ? before.FoundAt : clock.GetUtcNow(),
    };

    /// <summary>Adds the finding to the commit that acts on it.</summary>
    public static Batch Put(Batch batch, Finding finding) =>
        batch.Put(Key(finding.SiteId, finding.AppInstanceId), finding, ReconciliationJson.Default.Finding);

    /// <summary>The commit with the finding succeeded.</summary>
    public void Stored(Finding finding)
    {
        lock (gate)
        {
            if (sites.TryGetValue(finding.SiteId, out var known))
            {
                _ = finding.IsOpen ? known.Open[finding.AppInstanceId] = finding : known.Open.Remove(finding.AppInstanceId, out var old) ? old : null;
            }
        }
    }

    /// <summary>It is right again.</summary>
    public async Task<bool> Resolve(Finding finding, ShardFence fence, CancellationToken cancel)
    {
        var resolved = finding with { ResolvedAt = clock.GetUtcNow() };
        if (!(await store.Commit(Put(new Batch(), resolved).Under(fence), cancel)).IsCommitted)
        {
            return false;
        }

        Stored(resolved);
        return true;
    }

    /// <summary>Removes findings that were put right long ago, of the part that is looked at in this turn.</summary>
    public Task Prune(PruningOptions options, ShardFence fence, CancellationToken cancel)
    {
        walk ??= new(store, Prefix, options.KeepFindings / 7);
        return walk.Turn(
            options.Every,
            async (entry, token) =>
            {
                if (entry.As(ReconciliationJson.Default.Finding).Value.ResolvedAt is { } resolved && resolved < clock.GetUtcNow() - options.KeepFindings)
                {
                    await store.Commit(new Batch().Delete(entry.Key, entry.Version).Under(fence), token);
                }
            },
            cancel);
    }

    /// <summary>Findings ordered by site and instance, after the given token; of one site if that is not empty.</summary>
    public async Task<Paged<Finding>> List(string? after, int limit, string siteId, bool openOnly, CancellationToken cancel)
    {
        var prefix = siteId.Length == 0 ? Prefix : $"{Prefix}{siteId}/";
        var last = after is null ? null : Prefix + after;
        var found = new List<Finding>();
        while (true)
        {
            var page = await store.Scan(prefix, last, limit, cancel);
            foreach (var entry in page.Entries)
            {
                if (found.Count == limit)
                {
                    return new(found, last![Prefix.Length..]);
                }

                last = entry.Key;
                var finding = entry.As(ReconciliationJson.Default.Finding).Value;
                if (finding.IsOpen || !openOnly)
                {
                    found.Add(finding);
                }
            }

            if (!page.HasMore)
            {
                return new(found, "");
            }
        }
    }
}
