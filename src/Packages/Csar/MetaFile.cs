using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>TOSCA.meta, and EdgeGallery's TOSCA_VNFD.meta: <c>Key: value</c> lines, blocks apart by empty lines.</summary>
internal sealed record MetaFile(IReadOnlyDictionary<string, (string Value, int Line)> Head, IReadOnlyList<(string Name, int Line)> Listed)
{
    internal static MetaFile Read(string text, Place at, FaultList faults)
    {
        var head = new Dictionary<string, (string, int)>(StringComparer.OrdinalIgnoreCase);
        var listed = new List<(string, int)>();
        var line = 0;
        foreach (var raw in text.Split('\n'))
        {
            line++;
            var content = raw.Trim();
            var colon = content.IndexOf(':', StringComparison.Ordinal);
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            if (colon <= 0)
            {
                faults.Warn("bad-value", at with { Line = line }, "The line is no \"Key: value\"; it is ignored.");
                continue;
            }

            var (key, value) = (content[..colon].Trim(), content[(colon + 1)..].Trim());
            if (key.Equals("Name", StringComparison.OrdinalIgnoreCase))
            {
                listed.Add((value, line));
            }
            else
            {
                head.TryAdd(key, (value, line));
            }
        }

        return new(head, listed);
    }

    internal (string Value, int Line)? Find(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Head.TryGetValue(key, out var found) && found.Value.Length > 0)
            {
                return found;
            }
        }

        return null;
    }
}
