using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Api;

/// <summary>The verbs of the Kubernetes API as they are used here; one method, one request (lists: one a page).</summary>
internal sealed class KubeApi(ApiConnection connection, int pageSize) : IDisposable
{
    /// <summary>Under this name the server keeps which fields are ours.</summary>
    public const string FieldManager = "mano";

    /// <summary>How long the server is asked to keep a watch open; it ends them by itself, at times of its own choosing too.</summary>
    public static readonly TimeSpan WatchTime = TimeSpan.FromMinutes(5);

    public ApiConnection Connection => connection;

    /// <summary>Reads one object; null where there is none.</summary>
    public async Task<T?> FindAsync<T>(ResourceKind kind, string space, string name, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await connection.AskAsync(HttpMethod.Get, kind.PathOf(space, name), null, type, cancellationToken);
        }
        catch (ApiRefusedException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Reads all of a kind that the selectors choose, page by page, and the version of the whole.</summary>
    public async Task<(IReadOnlyList<T> Items, string Version)> ListAsync<T>(
        ResourceKind kind, string space, string labels, JsonTypeInfo<KubeList<T>> type, CancellationToken cancellationToken, string fields = "")
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await PagesAsync(kind, space, labels, fields, type, cancellationToken);
            }
            catch (ApiRefusedException e) when (e.IsGone && attempt < 3)
            {
                // The token for the next page is forgotten: what was read belongs to a state that is no more, so all is read again.
            }
        }
    }

    /// <summary>Makes an object; refused with AlreadyExists where there is one of that name.</summary>
    public Task<T> CreateAsync<T>(ResourceKind kind, string space, JsonObject made, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        connection.AskAsync(HttpMethod.Post, $"{kind.PathOf(space)}?fieldManager={FieldManager}&fieldValidation=Strict", Body(made, ApiContent.Json), type, cancellationToken);

    /// <summary>Replaces an object; refused with Conflict unless it still has the version in its metadata.</summary>
    public Task<T> ReplaceAsync<T>(ResourceKind kind, string space, string name, JsonObject made, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        connection.AskAsync(HttpMethod.Put, $"{kind.PathOf(space, name)}?fieldManager={FieldManager}&fieldValidation=Strict", Body(made, ApiContent.Json), type, cancellationToken);

    /// <summary>Says which fields we want and what they shall be (server-side apply); refused with Conflict where another manager wants others.</summary>
    public Task<T> ApplyAsync<T>(ResourceKind kind, string space, string name, JsonObject intent, bool force, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        connection.AskAsync(HttpMethod.Patch, $"{kind.PathOf(space, name)}?fieldManager={FieldManager}&fieldValidation=Strict&force={(force ? "true" : "false")}",
            Body(intent, ApiContent.Apply), type, cancellationToken);

    /// <summary>Deletes exactly the object with that uid, and whatever it owns before it; fine where it is gone, or another one has its name.</summary>
    public async Task DeleteIfAnyAsync(ResourceKind kind, ObjectMeta meta, CancellationToken cancellationToken, string policy = "Foreground", bool onlyAsRead = false)
    {
        var preconditions = new JsonObject { ["uid"] = meta.Uid };
        if (onlyAsRead)
        {
            preconditions["resourceVersion"] = meta.ResourceVersion;
        }

        var options = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "DeleteOptions", ["propagationPolicy"] = policy, ["preconditions"] = preconditions };
        try
        {
            await connection.SendAsync(HttpMethod.Delete, kind.PathOf(meta.Namespace, meta.Name), Body(options, ApiContent.Json), cancellationToken);
        }
        catch (ApiRefusedException e) when (e.IsNotFound || e.IsConflict)
        {
            // Gone, or made anew by somebody: either way the one that was meant is no more.
        }
    }

    /// <summary>Asks something that is not stored, as an access review.</summary>
    public Task<T> AskAsync<T>(string path, JsonObject question, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        connection.AskAsync(HttpMethod.Post, path, Body(question, ApiContent.Json), type, cancellationToken);

    /// <summary>Reads something that is no object of a kind, as <c>/version</c>.</summary>
    public Task<T> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        connection.AskAsync(HttpMethod.Get, path, null, type, cancellationToken);

    /// <summary>What happens after a version, until the server ends it, which it does often; what cannot be read throws.</summary>
    public async IAsyncEnumerable<WatchLine> WatchAsync(
        ResourceKind kind, string space, string labels, string version, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var query = string.Create(CultureInfo.InvariantCulture,
            $"?watch=true&allowWatchBookmarks=true&resourceVersion={Uri.EscapeDataString(version)}&timeoutSeconds={(int)WatchTime.TotalSeconds}&labelSelector={Uri.EscapeDataString(labels)}");
        await using var stream = await connection.OpenAsync(kind.PathOf(space) + query, cancellationToken);
        using var reader = new StreamReader(stream);
        while (await NextLineAsync(reader, cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return Parsed(line);
            }
        }
    }

    /// <summary>The log of a container, as it comes.</summary>
    public Task<Stream> OpenLogAsync(string space, string pod, string container, int lines, CancellationToken cancellationToken) => connection.OpenAsync(
        string.Create(CultureInfo.InvariantCulture, $"{ResourceKind.Pod.PathOf(space, pod)}/log?container={Uri.EscapeDataString(container)}&tailLines={lines}"), cancellationToken);

    public void Dispose() => connection.Dispose();

    private async Task<(IReadOnlyList<T> Items, string Version)> PagesAsync<T>(
        ResourceKind kind, string space, string labels, string fields, JsonTypeInfo<KubeList<T>> type, CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? next = null;
        while (true)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?limit={pageSize}")
                + (labels.Length > 0 ? $"&labelSelector={Uri.EscapeDataString(labels)}" : "")
                + (fields.Length > 0 ? $"&fieldSelector={Uri.EscapeDataString(fields)}" : "")
                + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
            var page = await connection.AskAsync(HttpMethod.Get, kind.PathOf(space) + query, null, type, cancellationToken);
            items.AddRange(page.Items ?? []);
            next = page.Metadata?.Continue;
            if (string.IsNullOrEmpty(next))
            {
                return (items, page.Metadata?.ResourceVersion ?? "");
            }
        }
    }

    private async Task<string?> NextLineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        // The server ends every watch by itself; one that goes on in silence for longer is a connection that nobody holds any more.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = connection.Clock.CreateTimer(_ => ending.Cancel(), null, WatchTime * 1.2, Timeout.InfiniteTimeSpan);
        try
        {
            return await reader.ReadLineAsync(ending.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw connection.Away(e);
        }
    }

    private WatchLine Parsed(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, KubeJson.Default.WatchLine) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            // Cut off in the middle: the connection broke.
            throw connection.Away(e);
        }
    }

    private static ApiContent Body(JsonObject value, string type) => new(JsonSerializer.SerializeToUtf8Bytes(value, KubeJson.Default.JsonObject), type);
}
