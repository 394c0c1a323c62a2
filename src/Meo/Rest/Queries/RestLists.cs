using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Mano.Meo.Rest.Queries;

/// <summary>What is particular to the list of one kind of resource.</summary>
/// <param name="Type">How one is written.</param>
/// <param name="Required">Complex attributes that <c>fields</c> never leaves out.</param>
/// <param name="ExcludedByDefault">What <c>exclude_default</c> leaves out.</param>
internal sealed record ResourceList<T>(JsonTypeInfo<T> Type, IReadOnlyList<string> Required, IReadOnlyList<string> ExcludedByDefault);

/// <summary>
/// Answers a GET of many resources: filtered, cut to the fields that are wanted, and by pages. What follows is said in a header:
/// <c>Link: &lt;…?nextpage_opaque_marker=…&gt;; rel="next"</c> (NFV SOL013 clause 5.4).
/// </summary>
internal sealed class RestLists(RestOptions options)
{
    private const string Marker = "nextpage_opaque_marker";

    private static readonly string[] Known = ["filter", "all_fields", "fields", "exclude_fields", "exclude_default", Marker];

    /// <summary>A filter that lets little pass is looked for so far; then the page ends, with or without entries, and says where it goes on.</summary>
    private const int MostLookedAt = 10_000;

    /// <param name="context">The request; its response is written.</param>
    /// <param name="list">The kind of resource.</param>
    /// <param name="page">Reads so many items after a token.</param>
    /// <param name="token">The token of an item.</param>
    /// <param name="show">An item as it is written; null if it does not belong here.</param>
    public async Task Answer<TItem, T>(
        HttpContext context,
        ResourceList<T> list,
        Func<string?, int, CancellationToken, Task<Paged<TItem>>> page,
        Func<TItem, string> token,
        Func<TItem, CancellationToken, ValueTask<T?>> show)
        where T : class
    {
        var query = Wishes(context);
        var filter = query["filter"].ToString() is { Length: > 0 } text ? AttributeFilter.Parse(list.Type, text) : AttributeFilter.None;
        var selection = FieldSelection.Parse(query, list.Type, list.Required, list.ExcludedByDefault);
        var after = AfterOf(query);
        var found = new JsonArray();
        var lookedAt = 0;
        while (true)
        {
            var items = await page(after, options.PageSize, context.RequestAborted);
            foreach (var item in items.Items)
            {
                if (found.Count == options.PageSize || lookedAt == MostLookedAt)
                {
                    await Write(context, found, after);
                    return;
                }

                lookedAt++;
                after = token(item);
                if (await show(item, context.RequestAborted) is { } shown && JsonSerializer.SerializeToNode(shown, list.Type)!.AsObject() is var resource && filter.Lets(resource))
                {
                    selection.Apply(resource);
                    found.Add((JsonNode)resource);
                }
            }

            if (items.NextToken.Length == 0)
            {
                await Write(context, found, null);
                return;
            }

            after = items.NextToken;
        }
    }

    /// <summary>
    /// The query by the standard's names: the file of 2026 numbers those that it has for several resources (<c>filter1</c>), and means the same. A name that
    /// is none is refused: what it was to leave out would be given.
    /// </summary>
    public static IQueryCollection Wishes(HttpContext context)
    {
        var query = context.Request.Query.GroupBy(p => p.Key.TrimEnd('1'), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Value, StringComparer.Ordinal);
        return query.Keys.FirstOrDefault(k => !Known.Contains(k)) is { } unknown
            ? throw Failure.InvalidInput("UNKNOWN_PARAMETER", $"The query has a parameter '{unknown}'; {string.Join(", ", Known)} are known.", unknown).ToException()
            : new QueryCollection(query);
    }

    private static string? AfterOf(IQueryCollection query)
    {
        var marker = query[Marker].ToString();
        return marker.Length == 0 ? null
            : marker.Length <= 200 && !marker.AsSpan().ContainsAnyExceptInRange('!', '~') ? marker
            : throw Failure.InvalidInput("PAGE_TOKEN", $"{Marker} is not one of ours; follow the Link header of the page before, or leave it out.", Marker).ToException();
    }

    private static async Task Write(HttpContext context, JsonArray found, string? next)
    {
        if (next is not null)
        {
            var others = context.Request.Query.Where(p => p.Key != Marker).SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v ?? ""));
            context.Response.Headers.Link = $"<{context.Url()}{new QueryBuilder(others) { { Marker, next } }}>; rel=\"next\"";
        }

        context.Response.ContentType = RestExchange.Json;
        await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(found.ToJsonString()), context.RequestAborted);
    }
}
