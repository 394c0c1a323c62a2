using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest.Queries;

/// <summary>
/// Attribute selectors (ETSI GS MEC 009 clause 6.18, NFV SOL013 clause 5.3): which complex attributes of a resource a list gives.
/// | parameter              | given                                                                |
/// | none, all_fields       | everything                                                           |
/// | fields=a,b/c           | simple and required attributes, and those named                      |
/// | exclude_fields=a,b/c   | everything but those named                                           |
/// | exclude_default        | everything but what the resource leaves out by default               |
/// | fields and exclude_default | everything but what is left out by default and not named         |
/// </summary>
internal sealed class FieldSelection
{
    private const string All = "all_fields";
    private const string Fields = "fields";
    private const string ExcludeFields = "exclude_fields";
    private const string ExcludeDefault = "exclude_default";

    private readonly Action<JsonObject> apply;

    private FieldSelection(Action<JsonObject> apply) => this.apply = apply;

    /// <summary>Of a query. Throws InvalidInput for a name that is none, and for parameters that contradict one another.</summary>
    /// <param name="query">The query.</param>
    /// <param name="type">The resource.</param>
    /// <param name="required">Complex attributes that are always given.</param>
    /// <param name="excluded">What the resource leaves out by default.</param>
    public static FieldSelection Parse(IQueryCollection query, JsonTypeInfo type, IReadOnlyList<string> required, IReadOnlyList<string> excluded)
    {
        var given = new[] { All, Fields, ExcludeFields, ExcludeDefault }.Where(query.ContainsKey).ToList();
        if (given.Count > 1 && !(given.Count == 2 && given.Contains(Fields) && given.Contains(ExcludeDefault)))
        {
            throw Failure.InvalidInput(
                "FIELD_SELECTORS", $"{string.Join(" and ", given)} contradict one another; give one of them, or {Fields} with {ExcludeDefault}.", given[0]).ToException();
        }

        var named = Names(query, Fields, type).Concat(Names(query, ExcludeFields, type)).ToList();
        var defaults = excluded.Select(e => e.Split('/')).Where(e => !named.Any(n => Covers(n, e))).ToList();
        return given switch
        {
            [] or [All] => new(_ => { }),
            [Fields] => new(resource => Keep(resource, type, required, named)),
            [ExcludeFields] => new(resource => Remove(resource, named)),
            _ => new(resource => Remove(resource, defaults)),
        };
    }

    /// <summary>Leaves out what is not wanted.</summary>
    public void Apply(JsonObject resource) => apply(resource);

    private static IEnumerable<string[]> Names(IQueryCollection query, string parameter, JsonTypeInfo type)
    {
        foreach (var name in query[parameter].SelectMany(v => (v ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))
        {
            var path = AttributeNames.Parse(type, name, parameter);
            yield return path.Length > 1 || AttributeNames.IsComplex(type, path[0]) ? path : throw Failure.InvalidInput(
                "SIMPLE_ATTRIBUTE", $"{parameter} names {name}, which is a simple attribute: those are always given; only complex ones are chosen.", parameter).ToException();
        }
    }

    private static void Keep(JsonObject resource, JsonTypeInfo type, IReadOnlyList<string> required, List<string[]> named)
    {
        foreach (var name in resource.Select(p => p.Key).Where(n => AttributeNames.IsComplex(type, n) && !required.Contains(n)).ToList())
        {
            var wanted = named.Where(n => n[0] == name).ToList();
            if (wanted.Count == 0)
            {
                resource.Remove(name);
            }
            else if (wanted.All(w => w.Length > 1))
            {
                KeepParts(resource[name], [.. wanted.Select(w => w[1..])]);
            }
        }
    }

    private static void KeepParts(JsonNode? at, List<string[]> wanted)
    {
        if (at is JsonArray list)
        {
            foreach (var entry in list)
            {
                KeepParts(entry, wanted);
            }
        }

        if (at is not JsonObject inner)
        {
            return;
        }

        foreach (var name in inner.Select(p => p.Key).ToList())
        {
            var deeper = wanted.Where(w => w[0] == name).ToList();
            if (deeper.Count == 0)
            {
                inner.Remove(name);
            }
            else if (deeper.All(d => d.Length > 1))
            {
                KeepParts(inner[name], [.. deeper.Select(d => d[1..])]);
            }
        }
    }

    private static void Remove(JsonNode? at, IEnumerable<string[]> paths)
    {
        foreach (var path in paths)
        {
            Remove(at, path);
        }
    }

    private static void Remove(JsonNode? at, ReadOnlySpan<string> path)
    {
        if (at is JsonArray list)
        {
            foreach (var entry in list)
            {
                Remove(entry, path);
            }
        }
        else if (at is JsonObject inner && path.Length == 1)
        {
            inner.Remove(path[0]);
        }
        else if (at is JsonObject outer)
        {
            Remove(outer[path[0]], path[1..]);
        }
    }

    private static bool Covers(string[] named, string[] excluded) => excluded.AsSpan().StartsWith(named) || named.AsSpan().StartsWith(excluded);
}
