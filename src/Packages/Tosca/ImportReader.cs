using Mano.Packages.Documents;

namespace Mano.Packages.Tosca;

/// <summary>The ways TOSCA writes an import: a path, {file: path}, {url: …}, {name: path}, {name: {file: path}}.</summary>
internal static class ImportReader
{
    internal static IEnumerable<(string Target, Place At)> Read(Node imports, Place at)
    {
        var items = imports is ListNode list ? list.Items : [imports];
        for (var i = 0; i < items.Count; i++)
        {
            var place = imports is ListNode ? at.Item(i, items[i].Line) : at;
            if (Target(items[i]) is { } target)
            {
                yield return (target, place);
            }
        }
    }

    private static string? Target(Node item) => item switch
    {
        ScalarNode { IsNull: false } text => text.Text,
        MapNode map => map.FindText("file") ?? map.FindText("url") ?? map.FindText("uri")
            ?? (map.Entries is [var only] ? Target(only.Value) : null),
        _ => null,
    };
}
