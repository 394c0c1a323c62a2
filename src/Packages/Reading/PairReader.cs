using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>Key and value pairs in the two ways they are written.</summary>
internal static class PairReader
{
    internal static IReadOnlyDictionary<string, string> Read(Attributes.Entry entry, ReadingContext context)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (entry.Node)
        {
            case MapNode map:
                AddMap(map, entry.At, pairs, context);
                break;
            case ListNode list:
                for (var i = 0; i < list.Items.Count; i++)
                {
                    var at = entry.At.Item(i, list.Items[i].Line);
                    if (list.Items[i] is MapNode item)
                    {
                        AddItem(item, at, pairs, context);
                    }
                    else if (list.Items[i] is ScalarNode { IsNull: false } text)
                    {
                        // A bare word is a requirement without a value.
                        pairs.TryAdd(text.Text, "");
                    }
                }

                break;
            case ScalarNode scalar:
                pairs[scalar.Text] = "";
                break;
        }

        return pairs;
    }

    private static void AddItem(MapNode item, Place at, Dictionary<string, string> pairs, ReadingContext context)
    {
        if (item.FindText("key") is { } key)
        {
            pairs.TryAdd(key, item.FindText("value") ?? "");
        }
        else
        {
            AddMap(item, at, pairs, context);
        }
    }

    private static void AddMap(MapNode map, Place at, Dictionary<string, string> pairs, ReadingContext context)
    {
        foreach (var (key, value, line) in map.Entries)
        {
            var place = at.Child(key, line);
            if (Inputs.Resolve(value, place, context) is ScalarNode scalar)
            {
                pairs.TryAdd(key, scalar.IsNull ? "" : scalar.Text);
            }
            else
            {
                context.Faults.Warn("unknown-attribute", place, $"{key} is {value.Kind}; only texts are taken here, so it is ignored.");
            }
        }
    }
}
