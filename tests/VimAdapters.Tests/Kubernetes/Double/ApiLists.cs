using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>Lists in pages of one version, and watches from a version on.</summary>
internal sealed class ApiLists(ObjectStore store, ClusterSettings settings)
{
    private readonly Dictionary<string, (long Version, JsonObject[] Items)> pages = [];
    private int tokens;

    public JsonObject List(Row row, string space, IQueryCollection query)
    {
        var (version, all) = Snapshot(row, space, query);
        var limit = int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) && asked > 0 ? asked : int.MaxValue;
        var meta = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture) };
        if (all.Length > limit)
        {
            var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"page-{Interlocked.Increment(ref tokens)}"));
            lock (pages)
            {
                pages[token] = (version, all[limit..]);
            }

            (meta["continue"], meta["remainingItemCount"]) = (token, all.Length - limit);
        }

        return new()
        {
            ["kind"] = row.Kind + "List", ["apiVersion"] = row.ApiVersion, ["metadata"] = meta,
            // Items of a list do not say again what they are.
            ["items"] = new JsonArray([.. all.Take(limit).Select(o => { var one = (JsonObject)o.DeepClone(); one.Remove("kind"); one.Remove("apiVersion"); return one; })]),
        };
    }

    public async Task WatchAsync(HttpContext context, Row row, string space)
    {
        var query = context.Request.Query;
        if (query["continue"].ToString().Length > 0)
        {
            throw ApiError.BadRequest("continue is not supported when watch is set");
        }

        var version = long.TryParse(query["resourceVersion"], CultureInfo.InvariantCulture, out var asked) ? asked : store.Version;
        store.Since(version);
        context.Response.ContentType = "application/json";
        await context.Response.StartAsync();
        var bookmarks = query["allowWatchBookmarks"] is ["true" or "1"];
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var limit = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.MaxValue;
        ending.CancelAfter(limit < settings.WatchTime ? limit : settings.WatchTime);
        try
        {
            while (true)
            {
                var changed = store.Changed;
                version = await TellAsync(context, row, space, query, version, ending.Token);
                try
                {
                    await changed.WaitAsync(settings.BookmarkEvery, TimeProvider.System, ending.Token);
                }
                catch (TimeoutException) when (bookmarks)
                {
                    await LineAsync(context, "BOOKMARK", new()
                    {
                        ["kind"] = row.Kind, ["apiVersion"] = row.ApiVersion, ["metadata"] = new JsonObject { ["resourceVersion"] = version.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null },
                    }, ending.Token);
                }
                catch (TimeoutException)
                {
                    // Nothing to tell.
                }
            }
        }
        catch (ApiError e)
        {
            // The version was forgotten while the watch was open: said in the stream, after which it ends.
            await LineAsync(context, "ERROR", e.Body(), context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Its time is over, or nobody reads any more.
        }
    }

    private async Task<long> TellAsync(HttpContext context, Row row, string space, IQueryCollection query, long version, CancellationToken cancellationToken)
    {
        IReadOnlyList<Change> changes;
        long now;
        lock (store.Gate)
        {
            (changes, now) = (store.Since(version), store.Version);
        }

        foreach (var change in changes.Where(c => c.Row == row && (space.Length == 0 || c.Object.Space() == space)))
        {
            // An object that begins to match comes, one that ceases goes.
            var (matches, matched) = (Selectors.Match(change.Object, query), change.Before is not null && Selectors.Match(change.Before, query));
            var type = change.Type == "DELETED" ? (matches || matched ? "DELETED" : null) : matches ? (matched ? "MODIFIED" : "ADDED") : matched ? "DELETED" : null;
            if (type is not null)
            {
                await LineAsync(context, type, change.Object, cancellationToken);
            }
        }

        return now;
    }

    private (long Version, JsonObject[] All) Snapshot(Row row, string space, IQueryCollection query)
    {
        if (query["continue"].ToString() is { Length: > 0 } token)
        {
            lock (pages)
            {
                return pages.Remove(token, out var page) && page.Version >= store.Oldest ? page
                    : throw new ApiError(410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
            }
        }

        lock (store.Gate)
        {
            return (store.Version, [.. store.All(row, space).Where(o => Selectors.Match(o, query)).Select(o => (JsonObject)o.DeepClone())]);
        }
    }

    private static async Task LineAsync(HttpContext context, string type, JsonObject one, CancellationToken cancellationToken)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = one.DeepClone() }.ToJsonString() + "\n";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}

/// <summary>Label and field selectors.</summary>
internal static class Selectors
{
    public static bool Match(JsonObject one, IQueryCollection query) => Labels(one, query["labelSelector"].ToString()) && Fields(one, query["fieldSelector"].ToString());

    private static bool Labels(JsonObject one, string selector)
    {
        var labels = one.Labels();
        return selector.Split(',', StringSplitOptions.RemoveEmptyEntries).All(term => term.Split("!=") is [var not, var other] ? labels.GetValueOrDefault(not) != other
            : term.Split('=', StringSplitOptions.RemoveEmptyEntries) is [var key, var value] ? labels.GetValueOrDefault(key) == value
            : term[0] == '!' ? !labels.ContainsKey(term[1..]) : labels.ContainsKey(term));
    }

    private static bool Fields(JsonObject one, string selector) => selector.Split(',', StringSplitOptions.RemoveEmptyEntries).All(term =>
        term.Split("!=") is [var not, var other] ? Field(one, not) != other
        : term.Split('=', StringSplitOptions.RemoveEmptyEntries) is [var key, var value] ? Field(one, key) == value
        : throw ApiError.BadRequest($"invalid field selector: {term}"));

    private static string Field(JsonObject one, string path) => path is "metadata.name" or "metadata.namespace" or "status.phase" or "spec.nodeName" or "involvedObject.uid" or "involvedObject.name"
        or "involvedObject.kind" or "type" or "reason"
        ? (string?)one.At(path.Split('.')) ?? "" : throw ApiError.BadRequest($"field label not supported: {path}");
}
