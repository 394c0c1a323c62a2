using System.Text.Json;

namespace Mano.Packages.Documents;

/// <summary>JSON (RFC 8259), strictly: no comments, no trailing commas, no key twice.</summary>
internal static class JsonDocumentReader
{
    internal static Node? Read(byte[] content, Place at, PackageLimits limits, FaultList faults)
    {
        try
        {
            // The reader's own bound counts from the root; ours is the same.
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = limits.MaxDocumentDepth });
            var lines = new LineCounter(content);
            reader.Read();
            var budget = limits.MaxDocumentNodes;
            var root = ReadValue(ref reader, lines, at, faults, ref budget);
            while (reader.Read())
            {
                // Only white space may follow; anything else throws.
            }

            return root;
        }
        catch (JsonException e)
        {
            var line = (int)(e.LineNumber ?? 0) + 1;
            var reason = e.Message.Split(" LineNumber:")[0].Replace(" Change the reader options.", "", StringComparison.Ordinal)
                .Replace(" which is not supported in this mode", "; take it out", StringComparison.Ordinal).TrimEnd('.');
            faults.Error("unreadable", at with { Line = line }, $"The JSON cannot be read: {reason}.");
        }
        catch (InvalidOperationException e)
        {
            // What the JSON reader throws for a text with a broken escape (a lone surrogate, for example).
            faults.Error("unreadable", at, $"The JSON cannot be read: {e.Message}");
        }

        return null;
    }

    private static Node ReadValue(ref Utf8JsonReader reader, LineCounter lines, Place at, FaultList faults, ref int budget)
    {
        if (--budget < 0)
        {
            throw new JsonException("it holds more values than are read");
        }

        var line = lines.LineOf(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, lines, at with { Line = line }, faults, ref budget);
            case JsonTokenType.StartArray:
                var items = new List<Node>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadValue(ref reader, lines, at.Item(items.Count, line), faults, ref budget));
                }

                return new ListNode(items, line);
            case JsonTokenType.String:
                return new ScalarNode(reader.GetString()!, false, line);
            case JsonTokenType.Null:
                return new ScalarNode("", true, line);
            default:
                return new ScalarNode(System.Text.Encoding.UTF8.GetString(reader.ValueSpan), true, line);
        }
    }

    private static MapNode ReadObject(ref Utf8JsonReader reader, LineCounter lines, Place at, FaultList faults, ref int budget)
    {
        var entries = new List<MapEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var key = reader.GetString()!;
            var line = lines.LineOf(reader.TokenStartIndex);
            var child = at.Child(key, line);
            reader.Read();
            var value = ReadValue(ref reader, lines, child, faults, ref budget);
            if (seen.Add(key))
            {
                entries.Add(new(key, value, line));
            }
            else
            {
                faults.Error("duplicate-key", child, $"The key {key} stands here twice; keep one of them.");
            }
        }

        return new MapNode(entries, at.Line);
    }

    /// <summary>Offsets only grow, so lines are counted once.</summary>
    private sealed class LineCounter(byte[] content)
    {
        private long _offset;
        private int _line = 1;

        internal int LineOf(long offset)
        {
            for (; _offset < offset; _offset++)
            {
                if (content[_offset] == (byte)'\n')
                {
                    _line++;
                }
            }

            return _line;
        }
    }
}
