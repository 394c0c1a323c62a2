using Mano.Meo.Onboarding;
using Mano.Packages;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// The files that represent a descriptor (NFV SOL005 clause 9.4.4.3.2, whose words MEC 010-2 has): what the entry point names and lies
/// beside it, and what leads there, TOSCA.meta and the manifest.
/// </summary>
internal sealed record DescriptorFiles(IReadOnlyList<DescriptorFile> All)
{
    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>The one file, when there is but one that describes.</summary>
    public DescriptorFile? Only => All.Where(f => f.IsDescribing).ToList() is [var only] ? only : null;

    public static DescriptorFiles Of(PackageContentRecord content)
    {
        if (content.Artifacts.Count == 0)
        {
            return new([new("appd" + (Path.GetExtension(content.FileName) is { Length: > 0 } ending && Endings.Contains(ending) ? ending : ".yaml"), content.Sha256, true)]);
        }

        // Of a descriptor inside an archive of its own (EdgeGallery), the archive is the file.
        var entry = content.DescriptorPath.Split('!')[0];
        return new([.. content.Artifacts.Where(a => a.Size > 0 && (a.Path == entry || IsBeside(a.Path, entry) || Leads(a.Path)))
            .Select(a => new DescriptorFile(a.Path, a.Sha256, a.Path == entry || IsBeside(a.Path, entry)))]);
    }

    private static bool IsBeside(string path, string entry) =>
        entry.Length > 0 && Path.GetDirectoryName(path) == Path.GetDirectoryName(entry) && Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static bool Leads(string path) =>
        path.EndsWith("TOSCA-Metadata/TOSCA.meta", StringComparison.Ordinal) || path.EndsWith(".mf", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One of them.</summary>
/// <param name="Path">As the package has it.</param>
/// <param name="Sha256">Its content's.</param>
/// <param name="IsDescribing">Not only leading to those that do.</param>
internal sealed record DescriptorFile(string Path, string Sha256, bool IsDescribing)
{
    /// <summary>Whether it is text.</summary>
    public bool IsText => !Path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
}
