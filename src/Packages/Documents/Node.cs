namespace Mano.Packages.Documents;

/// <summary>A value of a YAML or JSON document, with the line it starts on; one shape for both.</summary>
internal abstract class Node(int line)
{
    internal int Line { get; } = line;

    /// <summary>Values in this tree, aliases followed: what bounds the work a small document can cause.</summary>
    internal abstract long Weight { get; }

    internal abstract string Kind { get; }
}

/// <summary>A text. What it means (number, flag, null) is decided by the attribute that reads it, so a version 1.0 stays "1.0".</summary>
internal sealed class ScalarNode(string text, bool isPlain, int line) : Node(line)
{
    internal string Text { get; } = text;

    /// <summary>Not quoted, and not a JSON string: it may mean a number, a flag or nothing.</summary>
    internal bool IsPlain => isPlain;

    internal bool IsNull => isPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    internal override long Weight => 1;

    internal override string Kind => IsNull ? "nothing" : "a single value";
}

/// <summary>A list.</summary>
internal sealed class ListNode(IReadOnlyList<Node> items, int line) : Node(line)
{
    internal IReadOnlyList<Node> Items { get; } = items;

    internal override long Weight { get; } = 1 + items.Sum(i => i.Weight);

    internal override string Kind => "a list";
}

/// <summary>A mapping, in the order of the document.</summary>
internal sealed class MapNode(IReadOnlyList<MapEntry> entries, int line) : Node(line)
{
    internal IReadOnlyList<MapEntry> Entries { get; } = entries;

    internal override long Weight { get; } = 1 + entries.Sum(e => 1 + e.Value.Weight);

    internal override string Kind => "a mapping";

    internal Node? Find(string key) => Entries.FirstOrDefault(e => e.Key == key)?.Value;

    internal MapNode? FindMap(string key) => Find(key) as MapNode;

    internal string? FindText(string key) => Find(key) is ScalarNode { IsNull: false } s ? s.Text : null;
}

/// <summary>One key and its value.</summary>
internal sealed record MapEntry(string Key, Node Value, int Line);
