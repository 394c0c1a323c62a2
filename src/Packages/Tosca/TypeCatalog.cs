using Mano.Packages.Documents;

namespace Mano.Packages.Tosca;

/// <summary>Node types of the template and of the files it imports.</summary>
internal sealed class TypeCatalog(IDescriptorFiles files, PackageLimits limits, FaultList faults)
{
    internal const string MecApp = "tosca.nodes.mec.MecApp";
    internal const string Vnf = "tosca.nodes.nfv.VNF";
    private const int MostFiles = 64;
    private const int MostAncestors = 16;

    private readonly Dictionary<string, (MapNode Node, Place At)> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>Adds a document's types and follows its imports.</summary>
    /// <param name="root">The document.</param>
    /// <param name="path">Its path from the top; empty for a descriptor that came alone.</param>
    /// <param name="at">Its place, for faults.</param>
    internal void Load(MapNode root, string path, Place at)
    {
        _files.Add(path);
        if (root.FindMap("node_types") is { } types)
        {
            var place = at.Child("node_types", types.Line);
            foreach (var (name, value, line) in types.Entries)
            {
                if (value is MapNode type)
                {
                    _types.TryAdd(name, (type, place.Child(name, line)));
                }
            }
        }

        if (root.Find("imports") is { } imports)
        {
            foreach (var (target, place) in ImportReader.Read(imports, at.Child("imports", imports.Line)))
            {
                Import(target, path, place);
            }
        }
    }

    internal bool Derives(string type, string from)
    {
        for (var i = 0; i < MostAncestors; i++)
        {
            if (type == from)
            {
                return true;
            }

            var parent = type == MecApp ? Vnf : _types.TryGetValue(type, out var known) ? known.Node.FindText("derived_from") : null;
            if (parent is null)
            {
                return false;
            }

            type = parent;
        }

        return false;
    }

    /// <summary>The nearest ancestor (or the type itself) in the TOSCA or NFV namespace.</summary>
    internal string Base(string type)
    {
        for (var i = 0; i < MostAncestors && !type.StartsWith("tosca.nodes.", StringComparison.Ordinal); i++)
        {
            if (!_types.TryGetValue(type, out var known) || known.Node.FindText("derived_from") is not { } parent)
            {
                return type;
            }

            type = parent;
        }

        return type;
    }

    /// <summary>Defaults of the type's properties, nearest ancestor first; each as a mapping of name to value.</summary>
    internal IEnumerable<(MapNode Defaults, Place At)> Defaults(string type)
    {
        for (var i = 0; i < MostAncestors && _types.TryGetValue(type, out var known); i++)
        {
            if (known.Node.FindMap("properties") is { } properties)
            {
                var entries = properties.Entries
                    .Where(p => p.Value is MapNode definition && definition.Find("default") is not null)
                    .Select(p => new MapEntry(p.Key, ((MapNode)p.Value).Find("default")!, p.Line));
                yield return (new MapNode([.. entries], properties.Line), known.At.Child("properties", properties.Line));
            }

            if (known.Node.FindText("derived_from") is not { } parent)
            {
                yield break;
            }

            type = parent;
        }
    }

    private void Import(string target, string from, Place at)
    {
        // The normative type files are known by heart, and archives name them by URL or by file.
        if (target.Contains("://", StringComparison.Ordinal) || IsNormative(target))
        {
            return;
        }

        var path = Csar.PackagePath.Resolve(from[..(from.LastIndexOf('/') + 1)] + target);
        if (path is null || files.Open(path) is not { } content)
        {
            faults.Error("missing-file", at, $"The import {target} names no file of this package.");
            return;
        }

        if (!_files.Add(path))
        {
            return;
        }

        if (_files.Count > MostFiles)
        {
            faults.Error("too-many-files", at, $"A descriptor imports at most {MostFiles} files.");
            return;
        }

        var label = files.Label(path);
        if (DocumentReader.Read(content, label, limits, faults) is MapNode root)
        {
            Load(root, path, new Place(label, "", 0));
        }
    }

    private static bool IsNormative(string target)
    {
        var name = target[(target.LastIndexOf('/') + 1)..];
        return name.StartsWith("etsi_nfv_sol001_", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("MecAppDTypes", StringComparison.OrdinalIgnoreCase)
            || name.Contains("nfv_vnfd_types", StringComparison.OrdinalIgnoreCase);
    }
}
