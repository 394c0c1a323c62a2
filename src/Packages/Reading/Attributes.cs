using System.Globalization;
using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>
/// The attributes of one element, whichever way they are spelled: <c>srcMACAddress</c>, <c>srcMacAddress</c> and
/// <c>src_mac_address</c> are one name. Remembers which were read, so that the rest can be told.
/// </summary>
internal sealed class Attributes
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _read = new(StringComparer.Ordinal);

    internal Attributes(ReadingContext context, Place at, string what)
    {
        (Context, At, What) = (context, at, what);
    }

    internal Attributes(ReadingContext context, MapNode node, Place at, string what)
        : this(context, at, what) => Add(node, at);

    internal ReadingContext Context { get; }

    internal Place At { get; }

    /// <summary>What this element is, for sentences: "traffic rule".</summary>
    internal string What { get; }

    /// <summary>Adds a layer below those added before: a type's default never hides what the template says.</summary>
    internal void Add(MapNode node, Place at)
    {
        var layer = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value, line) in node.Entries)
        {
            var name = Canonical(key);
            var place = at.Child(key, line);
            if (!layer.Add(name))
            {
                Context.Faults.Error("duplicate-key", place, $"{key} is given here in two spellings; keep one of them.");
            }
            else if (!_entries.TryGetValue(name, out var known) || known.Node is ScalarNode { IsNull: true })
            {
                _entries[name] = new(key, value, place);
            }
        }
    }

    internal bool Has(params ReadOnlySpan<string> names) => Find(names) is not null;

    internal Place PlaceOf(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_entries.TryGetValue(Canonical(name), out var entry))
            {
                return entry.At;
            }
        }

        return At;
    }

    /// <summary>Attributes that are known and mean nothing to a MEC system.</summary>
    internal void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _read.TryAdd(Canonical(name), name);
        }
    }

    /// <summary>The value under the first of the names that is present and not null, with inputs filled in.</summary>
    internal Entry? Find(params ReadOnlySpan<string> names)
    {
        Entry? found = null;
        foreach (var name in names)
        {
            var canonical = Canonical(name);
            _read.TryAdd(canonical, name);
            if (found is null && _entries.TryGetValue(canonical, out var entry)
                && Inputs.Resolve(entry.Node, entry.At, Context) is { } node and not ScalarNode { IsNull: true })
            {
                found = entry with { Node = node };
            }
        }

        return found;
    }

    internal string? Text(params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } entry)
        {
            return null;
        }

        if (entry.Node is ScalarNode scalar)
        {
            return scalar.Text.Trim() is { Length: > 0 } text ? text : null;
        }

        WrongKind(entry, "a text");
        return null;
    }

    /// <summary>A text that names something; or, as the REST representation has it, an object whose attribute <paramref name="key"/> is that text.</summary>
    internal string? Reference(string key, params ReadOnlySpan<string> names)
    {
        var entry = Find(names);
        return entry is { Node: MapNode map } && map.FindText(key) is { Length: > 0 } text ? text : Text(names);
    }

    /// <summary>A mandatory text; its absence is an error and the empty text stands for it.</summary>
    internal string RequiredText(params ReadOnlySpan<string> names) => Text(names) ?? Missing(names, "");

    internal int? Integer(int min, int max, params ReadOnlySpan<string> names)
    {
        if (Text(names) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
        {
            return value;
        }

        Context.Faults.Error("bad-value", PlaceOf(names), $"\"{text}\" is no whole number from {min} to {max}.");
        return null;
    }

    internal bool? Flag(params ReadOnlySpan<string> names)
    {
        switch (Text(names)?.ToUpperInvariant())
        {
            case null:
                return null;
            case "TRUE" or "YES" or "ON":
                return true;
            case "FALSE" or "NO" or "OFF":
                return false;
            default:
                Context.Faults.Error("bad-value", PlaceOf(names), $"\"{Text(names)}\" is neither true nor false.");
                return null;
        }
    }

    /// <summary>A list of texts; one text alone is a list of one.</summary>
    internal IReadOnlyList<string> Texts(params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } entry)
        {
            return [];
        }

        var texts = new List<string>();
        foreach (var (node, at) in Items(entry))
        {
            if (node is ScalarNode { IsNull: false } scalar)
            {
                texts.Add(scalar.Text.Trim());
            }
            else
            {
                Context.Faults.Error("bad-value", at, $"{node.Kind} stands where a text was expected.");
            }
        }

        return texts;
    }

    internal Attributes? Object(string what, params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } entry)
        {
            return null;
        }

        if (entry.Node is MapNode map)
        {
            return new(Context, map, entry.At, what);
        }

        WrongKind(entry, "a mapping");
        return null;
    }

    /// <summary>A list of mappings; one mapping alone is a list of one (dstInterface was a single object once).</summary>
    internal IReadOnlyList<Attributes> Objects(string what, params ReadOnlySpan<string> names)
    {
        if (Find(names) is not { } entry)
        {
            return [];
        }

        var objects = new List<Attributes>();
        foreach (var (node, at) in Items(entry))
        {
            if (Inputs.Resolve(node, at, Context) is MapNode map)
            {
                objects.Add(new(Context, map, at, what));
            }
            else
            {
                Context.Faults.Error("bad-value", at, $"{node.Kind} stands where a {what} (a mapping) was expected.");
            }
        }

        return objects;
    }

    /// <summary>Free key and value pairs: a mapping of texts, or a list of {key, value}.</summary>
    internal IReadOnlyDictionary<string, string> Pairs(params ReadOnlySpan<string> names) =>
        Find(names) is { } entry ? PairReader.Read(entry, Context) : AppD.Nothing.Pairs;

    /// <summary>Tells the attributes nothing has read: unknown to us, so ignored, and never silently.</summary>
    internal void ReportUnknown()
    {
        foreach (var (_, entry) in _entries.Where(e => !_read.ContainsKey(e.Key)))
        {
            var meant = Context.Faults.IsFull ? null : Similar.Name(Canonical(entry.Spelled), _read.Keys.Where(k => !_entries.ContainsKey(k)));
            Context.Faults.Warn("unknown-attribute", entry.At, $"{entry.Spelled} is no known attribute of this {What}; it is ignored."
                + (meant is null ? "" : $" Did you mean {AsSpelledAround(_read[meant], entry.Spelled)}?"));
        }
    }

    /// <summary>In snake case where the author writes snake case.</summary>
    private static string AsSpelledAround(string name, string neighbour) => neighbour.Contains('_', StringComparison.Ordinal)
        ? string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))) ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()))
        : name;

    internal T Missing<T>(ReadOnlySpan<string> names, T instead)
    {
        Context.Faults.Error("missing-attribute", At, $"The {What} has no {names[0]}, which is mandatory.");
        return instead;
    }

    internal void WrongKind(Entry entry, string expected) =>
        Context.Faults.Error("bad-value", entry.At, $"{entry.Spelled} is {entry.Node.Kind}; {expected} was expected.");

    private static IEnumerable<(Node Node, Place At)> Items(Entry entry) => entry.Node is ListNode list
        ? list.Items.Select((n, i) => (n, entry.At.Item(i, n.Line)))
        : [(entry.Node, entry.At)];

    private static string Canonical(string name)
    {
        Span<char> buffer = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        var length = 0;
        foreach (var c in name)
        {
            if (c is not ('_' or '-'))
            {
                buffer[length++] = char.ToLowerInvariant(c);
            }
        }

        return new string(buffer[..length]);
    }

    /// <summary>A value, how its key is spelled, and where it stands.</summary>
    internal sealed record Entry(string Spelled, Node Node, Place At);
}
