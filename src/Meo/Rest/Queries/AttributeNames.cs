using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;

namespace Mano.Meo.Rest.Queries;

/// <summary>
/// The attributes of a resource as its queries name them: <c>instantiatedAppState/operationalState</c>. They are read off the
/// type that is written, so a name that is refused is one that is never there.
/// </summary>
internal static class AttributeNames
{
    /// <summary>The path of an attribute. Throws InvalidInput, with the attributes that there are, if there is none of that name.</summary>
    /// <param name="type">The resource.</param>
    /// <param name="name">As the query has it.</param>
    /// <param name="parameter">The query's parameter, for people.</param>
    public static string[] Parse(JsonTypeInfo type, string name, string parameter)
    {
        var path = name.Split('/');
        var at = type;
        for (var i = 0; i < path.Length; i++)
        {
            at = ElementOf(at);
            if (at.Kind == JsonTypeInfoKind.Dictionary || at.Type == typeof(System.Text.Json.JsonElement))
            {
                return path; // its keys are somebody else's
            }

            var found = at.Properties.FirstOrDefault(p => p.Name == path[i]);
            if (found is null)
            {
                throw Failure.InvalidInput("UNKNOWN_ATTRIBUTE", Sentence(path, i, parameter, at), parameter).ToException();
            }

            at = at.Options.GetTypeInfo(found.PropertyType);
        }

        return path;
    }

    /// <summary>Whether an attribute of the resource has attributes or entries of its own.</summary>
    public static bool IsComplex(JsonTypeInfo type, string name) =>
        type.Properties.FirstOrDefault(p => p.Name == name) is { } property
        && type.Options.GetTypeInfo(property.PropertyType) is { } info
        && (info.Kind != JsonTypeInfoKind.None || info.Type == typeof(System.Text.Json.JsonElement));

    private static JsonTypeInfo ElementOf(JsonTypeInfo type)
    {
        while (type is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } element })
        {
            type = type.Options.GetTypeInfo(element);
        }

        return type;
    }

    private static string Sentence(string[] path, int wrong, string parameter, JsonTypeInfo at)
    {
        var name = string.Join('/', path);
        return at.Properties.Count == 0
            ? $"{parameter} names the attribute '{name}', but {string.Join('/', path[..wrong])} has no attributes of its own."
            : $"{parameter} names the attribute '{name}'; {(wrong == 0 ? "the attributes are" : $"those of {string.Join('/', path[..wrong])} are")} {string.Join(", ", at.Properties.Select(p => p.Name))}.";
    }
}
