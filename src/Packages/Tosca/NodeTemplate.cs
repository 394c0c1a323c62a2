using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>One node template: its name, its type, and what it derives from in the TOSCA namespace.</summary>
internal sealed record NodeTemplate(string Name, string Type, string BaseType, MapNode Node, Place At)
{
    private static readonly string[] Keys =
    [
        "type", "description", "properties", "attributes", "requirements", "capabilities", "interfaces", "artifacts",
        "node_filter", "directives", "metadata", "copy",
    ];

    /// <summary>The node's properties over the defaults of its type.</summary>
    internal Attributes Properties(TypeCatalog types, ReadingContext context, string what)
    {
        var given = Node.FindMap("properties");
        var at = given is null ? At : At.Child("properties", given.Line);
        var attributes = new Attributes(context, at, what);
        if (given is not null)
        {
            attributes.Add(given, at);
        }

        foreach (var (defaults, place) in types.Defaults(Type))
        {
            attributes.Add(defaults, place);
        }

        return attributes;
    }

    internal (MapNode Node, Place At)? Capability(string name)
    {
        if (Node.FindMap("capabilities")?.FindMap(name)?.FindMap("properties") is not { } properties)
        {
            return null;
        }

        var at = At.Child("capabilities", properties.Line).Child(name, properties.Line).Child("properties", properties.Line);
        return (properties, at);
    }

    /// <summary>Artifacts by name, with their place.</summary>
    internal IEnumerable<(string Name, MapNode Node, Place At)> Artifacts()
    {
        if (Node.Find("artifacts") is not { } artifacts)
        {
            yield break;
        }

        var at = At.Child("artifacts", artifacts.Line);

        // A list of one-entry mappings is an older way to write the same.
        var maps = artifacts is ListNode list ? list.Items.OfType<MapNode>() : artifacts is MapNode map ? [map] : [];
        foreach (var (name, value, line) in maps.SelectMany(m => m.Entries))
        {
            if (value is MapNode artifact)
            {
                yield return (name, artifact, at.Child(name, line));
            }
        }
    }

    /// <summary>Requirements: name, target node, place.</summary>
    internal IEnumerable<(string Name, string? Target, Place At)> Requirements()
    {
        if (Node.Find("requirements") is not ListNode requirements)
        {
            yield break;
        }

        var at = At.Child("requirements", requirements.Line);
        for (var i = 0; i < requirements.Items.Count; i++)
        {
            if (requirements.Items[i] is MapNode { Entries: [var only] })
            {
                var target = only.Value is ScalarNode { IsNull: false } text ? text.Text : (only.Value as MapNode)?.FindText("node");
                yield return (only.Key, target, at.Item(i, only.Line).Child(only.Key, only.Line));
            }
        }
    }

    internal void ReportUnknownKeys(FaultList faults)
    {
        foreach (var (key, _, line) in Node.Entries.Where(e => !Keys.Contains(e.Key)))
        {
            faults.Warn("unknown-attribute", At.Child(key, line), $"{key} is no part of a node template; if it is a property, it belongs under properties. It is ignored.");
        }
    }
}
