namespace Mano.VimAdapters.OpenStack;

/// <summary>Where the adapter keeps what it intends; for its owner alone, because specifications hold environments.</summary>
internal sealed class OpenStackFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public OpenStackFolder(string path)
    {
        Root = Path.GetFullPath(path);
        foreach (var folder in new[] { Images, Computes, Tombstones, Networks })
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    public string Root { get; }

    public string Images => Path.Combine(Root, "images");

    public string Computes => Path.Combine(Root, "computes");

    public string Tombstones => Path.Combine(Root, "tombstones");

    public string Networks => Path.Combine(Root, "networks");

    public string Image(string digest) => Path.Combine(Images, digest.Replace(':', '-') + ".json");

    public string Compute(string computeId) => Path.Combine(Computes, computeId + ".json");
}
