using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Mano.Mesh.Failures;

namespace Mano.Meo.Northbound.Queries;

/// <summary>
/// Which fields of an answer are wanted (AIP-157, paths as AIP-161 has them): <c>location.site_id</c>, <c>steps.*.name</c> (the
/// asterisk may be left out), <c>user_defined_data.color</c>, <c>*</c> for everything. Google.Protobuf's own FieldMask ends at
/// lists and maps, so the tree is ours.
/// </summary>
internal sealed class ReadMask
{
    public const int MostPaths = 100;
    private const string Every = "*";

    private static readonly ReadMask All = new(null);

    /// <summary>What is wanted of the message; null: everything.</summary>
    private readonly Node? root;

    private ReadMask(Node? root) => this.root = root;

    /// <summary>Absent and empty mean everything. Throws InvalidInput with every path that is none.</summary>
    public static ReadMask Of(FieldMask? mask, MessageDescriptor type)
    {
        if (mask is null || mask.Paths.Count == 0)
        {
            return All;
        }

        var root = new Node();
        var faults = new Faults().Require(mask.Paths.Count <= MostPaths, "read_mask", $"has {mask.Paths.Count} paths; at most {MostPaths} are allowed");
        foreach (var path in mask.Paths.Take(MostPaths))
        {
            var why = Add(root, type, path);
            faults.Require(why.Length == 0, "read_mask", why);
        }

        faults.ThrowIfAny("read_mask", "read_mask");
        return root.IsWhole ? All : new(root);
    }

    /// <summary>The message with what is wanted alone. What is kept whole is shared with the original, which stays as it is.</summary>
    public T Apply<T>(T message)
        where T : class, IMessage => root is null ? message : (T)Part(message, root);

    private static string Add(Node root, MessageDescriptor type, string path)
    {
        if (path == Every)
        {
            root.Inner = null;
            return "";
        }

        if (PathText.Split(path) is not { } names)
        {
            return $"\"{path}\" is no path: names with dots between, at most {PathText.MostLetters} letters, are one";
        }

        // A path is checked to its end before anything of it is kept.
        var (at, steps) = ((MessageDescriptor?)type, new List<string>());
        for (var i = 0; i < names.Count; i++)
        {
            if (at is null)
            {
                return $"\"{path}\" goes on behind {string.Join('.', names.Take(i))}, which has no fields of its own";
            }

            if (at.FindFieldByName(names[i]) is not { } field)
            {
                return $"\"{path}\": {FieldPath.NoField(at, names[i])}";
            }

            steps.Add(names[i]);
            var end = field.IsMap ? field.MessageType.FindFieldByName("value") : field;
            if (field.IsRepeated && i + 1 < names.Count)
            {
                var named = field.IsMap || names[i + 1] == Every;
                steps.Add(named ? names[++i] : Every);
            }

            at = end.FieldType == FieldType.Message ? end.MessageType : null;
        }

        root.Keep(steps);
        return "";
    }

    private static IMessage Part(IMessage source, Node node)
    {
        var target = source.Descriptor.Parser.ParseFrom(ByteString.Empty);
        foreach (var (name, inner) in node.Inner!)
        {
            var field = source.Descriptor.FindFieldByName(name);
            if (field.HasPresence && !field.Accessor.HasValue(source))
            {
                continue;
            }

            var value = field.Accessor.GetValue(source);
            switch (field.Accessor.GetValue(target))
            {
                case IDictionary map:
                    Copy((IDictionary)value, map, inner);
                    break;
                case IList list:
                    Copy((IList)value, list, inner);
                    break;
                default:
                    field.Accessor.SetValue(target, Of(value, inner));
                    break;
            }
        }

        return target;
    }

    private static void Copy(IDictionary source, IDictionary target, Node node)
    {
        foreach (DictionaryEntry entry in source)
        {
            if (node.IsWhole)
            {
                target.Add(entry.Key, entry.Value);
            }
            else if (node.Of(Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture)!) is { } wanted)
            {
                target.Add(entry.Key, Of(entry.Value!, wanted));
            }
        }
    }

    private static void Copy(IList source, IList target, Node node)
    {
        var wanted = node.IsWhole ? node : node.Of(Every)!;
        foreach (var entry in source)
        {
            target.Add(Of(entry!, wanted));
        }
    }

    private static object Of(object value, Node node) => node.IsWhole || value is not IMessage message ? value : Part(message, node);

    /// <summary>What is wanted of a field: the whole of it, or some of what it has.</summary>
    private sealed class Node
    {
        public Dictionary<string, Node>? Inner { get; set; } = new(StringComparer.Ordinal);

        public bool IsWhole => Inner is null;

        public void Keep(IEnumerable<string> names)
        {
            var at = this;
            foreach (var name in names)
            {
                if (at.Inner is null)
                {
                    return; // the whole of it is wanted already
                }

                at = at.Inner.TryGetValue(name, out var known) ? known : at.Inner[name] = new();
            }

            at.Inner = null;
        }

        public Node? Of(string key) => Inner!.GetValueOrDefault(key) ?? Inner!.GetValueOrDefault(Every);
    }
}
