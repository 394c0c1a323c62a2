using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mano.Packages.Documents;

/// <summary>
/// YAML 1.2 as descriptors use it: one document, keys that are texts, aliases within a budget, no tabs as indentation.
/// </summary>
/// <remarks>
/// Tabs: the standard forbids them as indentation, and parsers differ in what they let through; a package that one MEO
/// reads and the next refuses helps nobody, so each such line is told.
/// </remarks>
internal sealed class YamlDocumentReader
{
    private readonly Dictionary<AnchorName, Node> _anchors = [];
    private readonly TabFinder _tabs;
    private readonly PackageLimits _limits;
    private readonly FaultList _faults;
    private readonly Parser _parser;
    private long _weight;

    private YamlDocumentReader(string text, PackageLimits limits, FaultList faults)
    {
        (_limits, _faults) = (limits, faults);
        _parser = new Parser(new StringReader(text));
        _tabs = new TabFinder(text);
    }

    internal static Node? Read(string text, Place at, PackageLimits limits, FaultList faults)
    {
        var reader = new YamlDocumentReader(text, limits, faults);
        Node? root = null;
        try
        {
            root = reader.ReadDocument(at);
        }
        catch (YamlException e) when (!reader._tabs.Lines.Any(l => Math.Abs(l - e.Start.Line) <= 1))
        {
            faults.Error("unreadable", at with { Line = (int)e.Start.Line }, $"The YAML cannot be read: {Reason(e)}.");
        }
        catch (YamlException)
        {
            // A tab beside the place is what the parser stumbled over; it is told below.
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            // The parser's own slips on hostile text: the text is refused, the process goes on.
            faults.Error("unreadable", at, $"The YAML cannot be read: {e.Message}");
        }

        foreach (var line in reader._tabs.Lines)
        {
            faults.Error("unreadable", at with { Line = line }, "A tab stands where YAML wants spaces; indent this line with spaces.");
            root = null;
        }

        return root;
    }

    /// <summary>The parser's sentence without the position it puts before it.</summary>
    private static string Reason(YamlException e)
    {
        var colon = e.Message.StartsWith('(') ? e.Message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (colon < 0 ? e.Message : e.Message[(colon + 3)..]).TrimEnd('.');
    }

    private Node ReadDocument(Place at)
    {
        _parser.Consume<StreamStart>();
        _parser.Consume<DocumentStart>();
        var root = ReadNode(at, 1);
        _parser.Consume<DocumentEnd>();
        if (!_parser.Accept<StreamEnd>(out _))
        {
            _faults.Error("unreadable", at with { Line = (int)_parser.Current!.Start.Line },
                "A second document begins here (---); a descriptor is one document.");
        }

        return root;
    }

    private Node ReadNode(Place at, int depth)
    {
        if (depth > _limits.MaxDocumentDepth)
        {
            throw new SemanticErrorException(_parser.Current!.Start, _parser.Current.End,
                $"it is nested more than {_limits.MaxDocumentDepth} levels deep");
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Weighed(_anchors.TryGetValue(alias.Value, out var known)
                ? known
                : throw new SemanticErrorException(alias.Start, alias.End, $"the alias *{alias.Value} names no anchor before it"),
                alias, known.Weight);
        }

        Node node;
        NodeEvent start;
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            _tabs.Skip(scalar.Start.Line, scalar.End.Line, scalar.End.Column);
            (start, node) = (scalar, new ScalarNode(scalar.Value, scalar.IsPlainImplicit && scalar.Style is ScalarStyle.Plain or ScalarStyle.Any, (int)scalar.Start.Line));
        }
        else if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            (start, node) = (sequence, ReadList(at with { Line = (int)sequence.Start.Line }, depth));
        }
        else
        {
            var mapping = _parser.Consume<MappingStart>();
            (start, node) = (mapping, ReadMap(at with { Line = (int)mapping.Start.Line }, depth));
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return Weighed(node, start, 1);
    }

    private ListNode ReadList(Place at, int depth)
    {
        var items = new List<Node>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(at.Item(items.Count, at.Line), depth + 1));
        }

        return new ListNode(items, at.Line);
    }

    private MapNode ReadMap(Place at, int depth)
    {
        var entries = new List<MapEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var start = _parser.Current!.Start;
            if (ReadNode(at, depth + 1) is not ScalarNode key)
            {
                throw new SemanticErrorException(start, start, "a key is a list or a mapping; keys are texts");
            }

            var child = at.Child(key.Text, key.Line);
            var value = ReadNode(child, depth + 1);
            if (seen.Add(key.Text))
            {
                entries.Add(new(key.Text, value, key.Line));
            }
            else
            {
                _faults.Error("duplicate-key", child, $"The key {key.Text} stands here twice; keep one of them.");
            }
        }

        return new MapNode(entries, at.Line);
    }

    private Node Weighed(Node node, ParsingEvent at, long weight)
    {
        _weight += weight;
        return _weight <= _limits.MaxDocumentNodes
            ? node
            : throw new SemanticErrorException(at.Start, at.End, $"it holds more than {_limits.MaxDocumentNodes} values once its aliases are followed");
    }
}
