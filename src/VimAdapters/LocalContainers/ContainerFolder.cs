namespace Mano.VimAdapters.LocalContainers;

/// <summary>Where the adapter keeps what it intends; for its owner alone, because specifications hold environments.</summary>
internal sealed class ContainerFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public ContainerFolder(string path)
    {
        Root = Path.GetFullPath(path);
        foreach (var folder in new[] { Images, Computes, Tombstones, SpoolFolder })
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }

        foreach (var left in Directory.EnumerateFiles(SpoolFolder))
        {
            File.Delete(left);
        }
    }

    public string Root { get; }

    public string Images => Path.Combine(Root, "images");

    public string Computes => Path.Combine(Root, "computes");

    public string Tombstones => Path.Combine(Root, "tombstones");

    public string Image(string digest) => Path.Combine(Images, Plain(digest) + ".json");

    public string Compute(string computeId) => Path.Combine(Computes, computeId + ".json");

    /// <summary>Where an archive is checked before the engine gets it.</summary>
    public string Spool(string digest) => Path.Combine(SpoolFolder, Plain(digest));

    private string SpoolFolder => Path.Combine(Root, "spool");

    private static string Plain(string digest) => digest.Replace(':', '-');
}
