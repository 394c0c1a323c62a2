using System.Security.Cryptography;
using System.Text;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>Where everything is. One folder a compute, one folder for what the supervisors say.</summary>
internal sealed class VimFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>For its owner; others may pass through it to what they know by name.</summary>
    public const UnixFileMode Passable = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public VimFolder(string path)
    {
        Root = Path.GetFullPath(path);
        VimId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Root)))[..12];
        Directory.CreateDirectory(Root);
        foreach (var folder in new[] { Images, Computes, Runs, Tombstones, Trash, Scripts })
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    public string Root { get; }

    /// <summary>Tells our processes from those of another adapter on this machine.</summary>
    public string VimId { get; }

    /// <summary>
    /// Lets computes that run under other users, in no namespace of their own, reach their boxes by name; what else
    /// lies in a compute's folder is for its owner alone.
    /// </summary>
    public void LetOthersThrough() => File.SetUnixFileMode(Computes, Passable);

    public string Images => Path.Combine(Root, "images");

    public string Computes => Path.Combine(Root, "computes");

    public string Runs => Path.Combine(Root, "runs");

    public string Tombstones => Path.Combine(Root, "tombstones");

    public string Trash => Path.Combine(Root, "trash");

    public string Scripts => Path.Combine(Root, "scripts");

    public string Compute(string computeId) => Path.Combine(Computes, computeId);

    public string Record(string computeId) => Path.Combine(Compute(computeId), "compute.json");

    public string Box(string computeId) => Path.Combine(Compute(computeId), "box");

    public string Log(string computeId) => Path.Combine(Compute(computeId), "log", "output");

    /// <summary>What the supervisor says.</summary>
    public string State(string computeId) => Path.Combine(Runs, computeId + ".state");

    /// <summary>The run that may go on; written by the adapter before it starts a supervisor.</summary>
    public string Current(string computeId) => Path.Combine(Runs, computeId + ".current");

    /// <summary>The process id, as the host sees it, of the first process in the compute.</summary>
    public string Init(string computeId) => Path.Combine(Runs, computeId + ".init");

    /// <summary>Removes a compute's folder and what its supervisors said; the rename makes it happen at once.</summary>
    public void Remove(ComputeRecord record)
    {
        var computeId = record.ComputeId;
        foreach (var file in new[] { State(computeId), State(computeId) + ".new", Current(computeId), Init(computeId), Init(computeId) + ".new" })
        {
            File.Delete(file);
        }

        if (Directory.Exists(Compute(computeId)))
        {
            var trash = Path.Combine(Trash, $"{computeId}.{record.CreatedAt.UtcTicks}");
            Directory.Move(Compute(computeId), trash);
            Empty(trash);
        }
    }

    /// <summary>Removes what an earlier process did not get round to.</summary>
    public void EmptyTrash()
    {
        foreach (var folder in Directory.EnumerateDirectories(Trash))
        {
            Empty(folder);
        }
    }

    /// <summary>Removes a folder whatever modes the application gave to folders in it. Links are removed, not followed.</summary>
    public static void Empty(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone already: that is what is wanted.
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            Open(new DirectoryInfo(folder));
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Open(DirectoryInfo folder)
    {
        folder.UnixFileMode |= OwnerOnly;
        foreach (var inner in folder.EnumerateDirectories().Where(d => d.LinkTarget is null))
        {
            Open(inner);
        }
    }
}
