using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>Where things are in a CSAR: SOL004 option 1 (TOSCA.meta) or option 2 (one descriptor at the top).</summary>
/// <param name="Top">Folder everything is in, with its slash, when the archive was made of a folder; else empty.</param>
/// <param name="Definitions">Path of the entry definitions; null when none was found.</param>
/// <param name="Manifest">Path of the manifest; null when there is none.</param>
/// <param name="Certificate">Path of the signer's certificate, when it is a file of its own; else null.</param>
internal sealed record CsarLayout(string Top, string? Definitions, string? Manifest, string? Certificate)
{
    private const string MetaPath = "TOSCA-Metadata/TOSCA.meta";

    internal static CsarLayout Find(SafeArchive archive, PackageLimits limits, FaultList faults)
    {
        var top = FindTop(archive);
        var metaPath = top + MetaPath;
        if (!archive.Has(metaPath))
        {
            return OptionTwo(archive, top, faults);
        }

        var at = new Place(archive.Prefix + metaPath, "", 0);
        if (archive.ReadSmall(metaPath, limits.MaxDescriptorBytes, faults) is not { } content
            || DocumentReader.Decode(content, at, faults) is not { } text)
        {
            return new(top, null, null, null);
        }

        var meta = MetaFile.Read(text, at, faults);
        foreach (var (name, line) in meta.Listed.Where(l => !archive.Has(top + l.Name)))
        {
            faults.Warn("missing-file", at with { Path = $"Name: {name}", Line = line }, $"TOSCA.meta describes {name}, which the package does not have.");
        }

        return new(top,
            Named(archive, top, meta, at, faults, "Entry-Definitions") ?? (meta.Find("Entry-Definitions") is null ? TopDescriptor(archive, top, at, faults) : null),
            Named(archive, top, meta, at, faults, "ETSI-Entry-Manifest", "Entry-Manifest") ?? TopManifest(archive, top),
            Named(archive, top, meta, at, faults, "ETSI-Entry-Certificate", "Entry-Certificate") ?? TopCertificate(archive, top));
    }

    /// <summary>An archive made of a folder has everything one level down; EdgeGallery's often are.</summary>
    private static string FindTop(SafeArchive archive)
    {
        if (archive.Has(MetaPath) || archive.Paths.Count == 0)
        {
            return "";
        }

        var first = archive.Paths.First();
        var slash = first.IndexOf('/', StringComparison.Ordinal);
        var top = slash < 0 ? "" : first[..(slash + 1)];
        return top.Length > 0 && archive.Paths.All(p => p.StartsWith(top, StringComparison.Ordinal)) && archive.Has(top + MetaPath) ? top : "";
    }

    private static CsarLayout OptionTwo(SafeArchive archive, string top, FaultList faults) =>
        new(top, TopDescriptor(archive, top, new Place(archive.Prefix.TrimEnd('!'), "", 0), faults), TopManifest(archive, top), TopCertificate(archive, top));

    private static string? TopDescriptor(SafeArchive archive, string top, Place at, FaultList faults)
    {
        var found = AtTop(archive, top, ".yaml", ".yml", ".json").ToList();
        if (found.Count == 1)
        {
            return found[0];
        }

        faults.Error("no-descriptor", at, found.Count == 0
            ? "The package names no descriptor: it has neither TOSCA-Metadata/TOSCA.meta with Entry-Definitions nor one YAML file at its top." + Elsewhere(archive, top)
            : $"The package has no TOSCA-Metadata/TOSCA.meta, and {found.Count} descriptors at its top ({string.Join(", ", found.Take(3))}); one was expected. Write a TOSCA.meta whose Entry-Definitions names the right one.");
        return null;
    }

    /// <summary>What was packed in the wrong way, if that can be seen.</summary>
    private static string Elsewhere(SafeArchive archive, string top)
    {
        if (AtTop(archive, top, ".csar").ToList() is [var wrapped, ..])
        {
            return $" It holds a package, {wrapped}, among other things. Beside a package that is wrapped so (SOL004 option 2) lie its signature and the signer's certificate, and nothing else.";
        }

        var first = archive.Paths.Select(p => p.Split('/')).Select(p => p.Length > 1 ? p[0] : null).Distinct().Take(2).ToList();
        return first is [{ } folder] ? $" Everything in it lies in the folder {folder}: pack the content of the folder, not the folder." : "";
    }

    /// <summary>Ends a sentence about a file that is not there.</summary>
    internal static string Meant(string name, SafeArchive archive, string top) =>
        Similar.FilePath(top + name, archive.Paths) is { } near ? $"; it has {(near.StartsWith(top, StringComparison.Ordinal) ? near[top.Length..] : near)}, which may be meant" : "";

    private static string? TopManifest(SafeArchive archive, string top) => AtTop(archive, top, ".mf").ToList() is [var only] ? only : null;

    private static string? TopCertificate(SafeArchive archive, string top) => AtTop(archive, top, ".cert").ToList() is [var only] ? only : null;

    private static IEnumerable<string> AtTop(SafeArchive archive, string top, params string[] endings) =>
        archive.Paths.Where(p => p.StartsWith(top, StringComparison.Ordinal) && !p[top.Length..].Contains('/', StringComparison.Ordinal)
            && endings.Any(e => p.EndsWith(e, StringComparison.OrdinalIgnoreCase)));

    private static string? Named(SafeArchive archive, string top, MetaFile meta, Place at, FaultList faults, params ReadOnlySpan<string> keys)
    {
        if (meta.Find(keys) is not var (name, line))
        {
            return null;
        }

        if (archive.Has(top + name))
        {
            return top + name;
        }

        faults.Error("missing-file", at with { Path = keys[0], Line = line }, $"{keys[0]} names {name}, which the package does not have{Meant(name, archive, top)}.");
        return null;
    }
}
