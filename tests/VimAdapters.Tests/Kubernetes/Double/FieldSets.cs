using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>
/// Which manager has which field, and the merge of what a manager applies (server-side apply). A field is a path such as
/// <c>f:spec/f:template/f:spec/f:containers/k:{"name":"app"}/f:image</c>.
/// </summary>
internal static class FieldSets
{
    private static readonly HashSet<string> Unowned =
    [
        "f:apiVersion", "f:kind", "f:status", "f:metadata/f:name", "f:metadata/f:namespace", "f:metadata/f:uid", "f:metadata/f:resourceVersion", "f:metadata/f:managedFields",
        "f:metadata/f:creationTimestamp", "f:metadata/f:generation", "f:metadata/f:deletionTimestamp", "f:metadata/f:deletionGracePeriodSeconds",
    ];

    /// <summary>Every field of an object, with its value.</summary>
    public static Dictionary<string, string> Fields(JsonNode? node)
    {
        var fields = new Dictionary<string, string>();
        Walk(node, "", fields);
        return fields;
    }

    /// <summary>Lays what is applied over what is there.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, string path = "")
    {
        if (applied is JsonObject fields && live is JsonObject or null)
        {
            var merged = (JsonObject?)live?.DeepClone() ?? [];
            foreach (var (name, value) in fields)
            {
                merged[name] = Merge(merged[name], value, Join(path, "f:" + name));
            }

            return merged;
        }

        if (applied is not JsonArray items || live is not JsonArray before || Row.ListKeys(path) is not { } keys)
        {
            return applied?.DeepClone();
        }

        var list = (JsonArray)before.DeepClone();
        foreach (var item in items)
        {
            var place = list.ToList().FindIndex(l => KeyOf(l, keys) == KeyOf(item, keys));
            var own = Join(path, "k:" + KeyOf(item, keys));
            if (place >= 0)
            {
                list[place] = Merge(list[place], item, own);
            }
            else
            {
                list.Add(item?.DeepClone());
            }
        }

        return list;
    }

    /// <summary>Takes fields away, and whatever held nothing else; the keys of an item last, because it is found by them.</summary>
    public static void Remove(JsonNode node, IEnumerable<string> fields)
    {
        foreach (var steps in fields.Select(Steps).OrderBy(IsKey))
        {
            Remove(node, steps, 0, "");
        }
    }

    private static bool IsKey(List<string> steps) => steps.Count > 1 && steps[^2].StartsWith("k:", StringComparison.Ordinal)
        && ((JsonObject)JsonNode.Parse(steps[^2][2..])!).ContainsKey(steps[^1][2..]);

    private static void Remove(JsonNode? node, List<string> steps, int place, string path)
    {
        var (step, isLast) = (steps[place], place == steps.Count - 1);
        if (node is JsonObject map && step.StartsWith("f:", StringComparison.Ordinal))
        {
            if (!isLast)
            {
                Remove(map[step[2..]], steps, place + 1, Join(path, step));
            }

            if (isLast || map[step[2..]] is JsonObject { Count: 0 } or JsonArray { Count: 0 })
            {
                map.Remove(step[2..]);
            }
        }
        else if (node is JsonArray list && Row.ListKeys(path) is { } keys && list.FirstOrDefault(i => "k:" + KeyOf(i, keys) == step) is { } item)
        {
            Remove(item, steps, place + 1, Join(path, step));
            if (item is JsonObject { Count: 0 })
            {
                list.Remove(item);
            }
        }
    }

    /// <summary><c>.spec.template.spec.containers[name="app"].image</c>, as conflicts are told.</summary>
    public static string Shown(string field) => string.Concat(Steps(field).Select(s => s.StartsWith("f:", StringComparison.Ordinal) ? "." + s[2..]
        : "[" + string.Join(",", ((JsonObject)JsonNode.Parse(s[2..])!).Select(p => $"{p.Key}={p.Value!.ToJsonString()}")) + "]"));

    /// <summary>fieldsV1 of a set of fields.</summary>
    public static JsonObject Rendered(IEnumerable<string> fields)
    {
        var root = new JsonObject();
        foreach (var field in fields.Order(StringComparer.Ordinal))
        {
            var at = root;
            foreach (var step in Steps(field))
            {
                at = (JsonObject)(at[step] ??= new JsonObject());
            }
        }

        return root;
    }

    private static void Walk(JsonNode? node, string path, Dictionary<string, string> fields)
    {
        if (Unowned.Contains(path))
        {
            return;
        }

        if (node is JsonObject { Count: > 0 } map)
        {
            foreach (var (name, value) in map)
            {
                Walk(value, Join(path, "f:" + name), fields);
            }
        }
        else if (node is JsonArray { Count: > 0 } list && Row.ListKeys(path) is { } keys)
        {
            foreach (var item in list)
            {
                var own = Join(path, "k:" + KeyOf(item, keys));
                foreach (var key in keys)
                {
                    fields[Join(own, "f:" + key)] = item![key]?.ToJsonString() ?? "";
                }

                Walk(item, own, fields);
            }
        }
        else
        {
            fields[path] = node?.ToJsonString() ?? "null";
        }
    }

    private static string KeyOf(JsonNode? item, string[] keys) =>
        new JsonObject(keys.Select(k => KeyValuePair.Create(k, item?[k]?.DeepClone() ?? (k == "protocol" ? JsonValue.Create("TCP") : null)))).ToJsonString();

    private static string Join(string path, string step) => path.Length == 0 ? step : path + "/" + step;

    /// <summary>The steps of a path; a key may have slashes in it.</summary>
    private static List<string> Steps(string field)
    {
        var steps = new List<string>();
        for (var at = 0; at < field.Length;)
        {
            int end;
            if (field.AsSpan(at).StartsWith("k:"))
            {
                var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(field[(at + 2)..]));
                reader.Read();
                reader.Skip();
                end = at + 2 + (int)reader.BytesConsumed;
            }
            else
            {
                // A name may hold a slash, as a label's does: a step ends where the next begins.
                end = at + 2;
                while (end < field.Length && !(field[end] == '/' && (field.AsSpan(end + 1).StartsWith("f:") || field.AsSpan(end + 1).StartsWith("k:"))))
                {
                    end++;
                }
            }

            steps.Add(field[at..end]);
            at = end + 1;
        }

        return steps;
    }
}
