using System.Globalization;
using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>One change, as watches tell it.</summary>
internal sealed record Change(long Version, string Type, Row Row, JsonObject Object, JsonObject? Before);

/// <summary>The objects, their versions, and what happened to them until it was compacted. Every change is one step of one counter.</summary>
internal sealed class ObjectStore
{
    private readonly SortedDictionary<(string Resource, string Namespace, string Name), JsonObject> objects = [];
    private readonly Dictionary<string, Dictionary<string, HashSet<string>>> managers = [];
    private readonly List<Change> history = [];
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long uids;

    /// <summary>Whoever reads or changes more than one thing at a time holds it.</summary>
    public Lock Gate { get; } = new();

    public long Version { get; private set; } = 100;

    /// <summary>Nothing before this is remembered.</summary>
    public long Oldest { get; private set; }

    /// <summary>Ends with the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (Gate)
            {
                return changed.Task;
            }
        }
    }

    public JsonObject? Find(Row row, string space, string name)
    {
        lock (Gate)
        {
            return objects.GetValueOrDefault((row.Resource, space, name));
        }
    }

    /// <summary>All of a kind, in a namespace or, with an empty one, everywhere, in the order of their names.</summary>
    public IReadOnlyList<JsonObject> All(Row row, string space = "")
    {
        lock (Gate)
        {
            return [.. objects.Where(o => o.Key.Resource == row.Resource && (space.Length == 0 || o.Key.Namespace == space)).Select(o => o.Value)];
        }
    }

    public IReadOnlyList<(Row Row, JsonObject Object)> Everything()
    {
        lock (Gate)
        {
            return [.. objects.Select(o => (Row.All.First(r => r.Resource == o.Key.Resource), o.Value))];
        }
    }

    public IReadOnlyList<Change> Since(long version)
    {
        lock (Gate)
        {
            return version < Oldest ? throw ApiError.Expired(version, Oldest) : [.. history.Where(c => c.Version > version)];
        }
    }

    /// <summary>Forgets what happened, as etcd does every few minutes.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            Version++;
            Oldest = Version;
            history.Clear();
        }
    }

    public string NewUid() => $"00000000-0000-4000-8000-{Interlocked.Increment(ref uids):x12}";

    /// <summary>Stores a new object.</summary>
    public JsonObject Add(Row row, JsonObject made)
    {
        lock (Gate)
        {
            var key = KeyOf(row, made);
            if (objects.ContainsKey(key))
            {
                throw ApiError.Exists(row, key.Name);
            }

            return objects[key] = Note("ADDED", row, made, null);
        }
    }

    /// <summary>Stores an object over the one of its name; no change is no version.</summary>
    public JsonObject Put(Row row, JsonObject made)
    {
        lock (Gate)
        {
            var key = KeyOf(row, made);
            var before = objects[key];
            return JsonNode.DeepEquals(before, made) ? before : objects[key] = Note("MODIFIED", row, made, before);
        }
    }

    public void Remove(Row row, JsonObject gone)
    {
        lock (Gate)
        {
            var key = KeyOf(row, gone);
            var before = objects[key];
            objects.Remove(key);
            managers.Remove(gone.Uid());
            Note("DELETED", row, (JsonObject)gone.DeepClone(), before);
        }
    }

    /// <summary>The fields of each manager of an object.</summary>
    public Dictionary<string, HashSet<string>> ManagersOf(JsonObject one)
    {
        lock (Gate)
        {
            return managers.TryGetValue(one.Uid(), out var sets) ? sets : managers[one.Uid()] = [];
        }
    }

    private JsonObject Note(string type, Row row, JsonObject one, JsonObject? before)
    {
        Version++;
        one["metadata"]!["resourceVersion"] = Version.ToString(CultureInfo.InvariantCulture);
        history.Add(new(Version, type, row, (JsonObject)one.DeepClone(), before));
        var told = changed;
        changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        told.SetResult();
        return one;
    }

    private static (string Resource, string Namespace, string Name) KeyOf(Row row, JsonObject one) => (row.Resource, one.Space(), one.Name());
}

/// <summary>Reading objects.</summary>
internal static class ObjectReading
{
    public static JsonObject Meta(this JsonObject one) => (JsonObject)one["metadata"]!;

    public static string Name(this JsonObject one) => (string)one["metadata"]!["name"]!;

    public static string Space(this JsonObject one) => (string?)one["metadata"]!["namespace"] ?? "";

    public static string Uid(this JsonObject one) => (string?)one["metadata"]!["uid"] ?? "";

    public static bool IsEnding(this JsonObject one) => one["metadata"]!["deletionTimestamp"] is not null;

    public static IReadOnlyDictionary<string, string> Labels(this JsonObject one) => Texts(one["metadata"]?["labels"]);

    public static IReadOnlyList<string> Finalizers(this JsonObject one) => [.. (one["metadata"]!["finalizers"] as JsonArray ?? []).Select(f => (string)f!)];

    public static void SetFinalizers(this JsonObject one, IEnumerable<string> finalizers)
    {
        var list = new JsonArray([.. finalizers.Select(f => JsonValue.Create(f))]);
        if (list.Count == 0)
        {
            one.Meta().Remove("finalizers");
        }
        else
        {
            one["metadata"]!["finalizers"] = list;
        }
    }

    /// <summary>A number, however it is kept; nothing is 0.</summary>
    public static long Number(this JsonNode? node) => node is null ? 0 : long.Parse(node.ToString(), CultureInfo.InvariantCulture);

    public static JsonNode? At(this JsonNode? node, params IEnumerable<string> path) => path.Aggregate(node, (n, key) => (n as JsonObject)?[key]);

    public static IReadOnlyDictionary<string, string> Texts(JsonNode? node) => (node as JsonObject ?? []).ToDictionary(p => p.Key, p => p.Value?.ToString() ?? "");

    public static bool IsOwnedBy(this JsonObject one, string uid) => (one["metadata"]!["ownerReferences"] as JsonArray ?? []).Any(o => (string?)o!["uid"] == uid);
}
