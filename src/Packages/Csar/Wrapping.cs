namespace Mano.Packages.Csar;

/// <summary>A ZIP that holds one CSAR, its signature, and maybe the signer's certificate (SOL004 §5.1, option 2): the signature covers every byte of the CSAR.</summary>
/// <param name="Csar">Path of the package.</param>
/// <param name="Signature">Path of its signature, a detached CMS; null when there is none.</param>
/// <param name="Certificate">Path of the signer's certificate, when it is a file of its own; else null.</param>
internal sealed record Wrapping(string Csar, string? Signature, string? Certificate)
{
    private static readonly string[] Signatures = [".cms", ".p7s", ".p7m", ".p7b"];
    private static readonly string[] Certificates = [".cert", ".crt", ".cer", ".pem", ".der"];

    /// <returns>Null if the archive is no such ZIP: it is a package itself, or something else.</returns>
    internal static Wrapping? Find(SafeArchive archive)
    {
        var files = archive.Paths.ToList();
        var packages = files.Where(p => HasEnding(p, ".csar")).ToList();
        if (packages is [] && files.Exists(p => HasEnding(p, Signatures)) && files.TrueForAll(p => HasEnding(p, ".zip") || HasEnding(p, Signatures) || HasEnding(p, Certificates)))
        {
            packages = files.FindAll(p => HasEnding(p, ".zip"));
        }

        // One folder deep at most, and nothing else that describes: whoever packs more than that means something else.
        return packages is [var csar] && files.Count <= 8 && !files.Exists(p => p.EndsWith("TOSCA.meta", StringComparison.Ordinal) || HasEnding(p, ".yaml", ".yml", ".json", ".mf"))
            ? new(csar, One(files, csar, Signatures), One(files, csar, Certificates))
            : null;
    }

    /// <summary>The only file of its kind; of several the one that has the package's name.</summary>
    private static string? One(List<string> files, string csar, string[] endings) => files.FindAll(f => HasEnding(f, endings)) switch
    {
        [var only] => only,
        var several => several.FirstOrDefault(f => Path.ChangeExtension(f, null) == Path.ChangeExtension(csar, null)),
    };

    private static bool HasEnding(string path, params string[] endings) => endings.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
