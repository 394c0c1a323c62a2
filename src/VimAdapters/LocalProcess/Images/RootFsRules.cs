using System.Formats.Tar;

namespace Mano.VimAdapters.LocalProcess.Images;

/// <summary>Thrown when an archive is no root file system that may be unpacked.</summary>
internal sealed class RootFsRefusedException(string message) : Exception(message);

/// <summary>
/// The rules for what an archive may hold. Packages are untrusted: nothing is written outside the folder, nothing
/// through a link, no device, no set-user-id, and no more than the bounds.
/// </summary>
internal sealed class RootFsRules(long maxBytes, int maxEntries)
{
    // What is at each path so far: the last entry of a path counts, as with tar.
    private readonly Dictionary<string, TarEntryType> placed = new(StringComparer.Ordinal);
    private long bytes;
    private int entries;

    /// <summary>Checks one entry and returns its path relative to the root; null: the root itself, or metadata.</summary>
    public string? Place(TarEntry entry)
    {
        if (++entries > maxEntries)
        {
            throw new RootFsRefusedException($"It has more than {maxEntries} entries.");
        }

        if (entry.EntryType is TarEntryType.GlobalExtendedAttributes)
        {
            return null;
        }

        var path = Normal(entry.Name, entry.Name);
        if (path.Length == 0)
        {
            return null;
        }

        bytes += entry.Length;
        if (bytes > maxBytes)
        {
            throw new RootFsRefusedException($"It unpacks to more than {maxBytes} bytes.");
        }

        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            if (placed.GetValueOrDefault(path[..slash], TarEntryType.Directory) != TarEntryType.Directory)
            {
                throw new RootFsRefusedException($"'{entry.Name}' lies below '{path[..slash]}', which is a link or a file.");
            }
        }

        placed[path] = KindOf(entry, path);
        return path;
    }

    /// <summary>The path, relative to the root, of what a hard link names.</summary>
    public static string TargetOf(TarEntry entry) => Normal(entry.LinkName, entry.Name);

    private TarEntryType KindOf(TarEntry entry, string path)
    {
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                return TarEntryType.Directory;
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                RefuseWhereFolderIsNeeded(path, entry.Name);
                return TarEntryType.RegularFile;
            case TarEntryType.SymbolicLink:
                RefuseWhereFolderIsNeeded(path, entry.Name);
                RefuseClimbing(entry, path);
                return TarEntryType.SymbolicLink;
            case TarEntryType.HardLink when placed.GetValueOrDefault(TargetOf(entry), TarEntryType.Directory) == TarEntryType.RegularFile:
                RefuseWhereFolderIsNeeded(path, entry.Name);
                return TarEntryType.RegularFile;
            case TarEntryType.HardLink:
                throw new RootFsRefusedException($"'{entry.Name}' is a hard link to '{entry.LinkName}', which is no file earlier in the archive.");
            default:
                throw new RootFsRefusedException($"'{entry.Name}' is of type {entry.EntryType}; files, folders and links are taken, and /dev is made by the VIM.");
        }
    }

    // /proc, /dev and /tmp are mounted over or used by the VIM: a link there would lead it elsewhere.
    private static void RefuseWhereFolderIsNeeded(string path, string name)
    {
        if (path is "proc" or "dev" or "tmp" or "home" or "home/app")
        {
            throw new RootFsRefusedException($"'{name}' must be a folder.");
        }
    }

    // An absolute target begins at the root; a relative one at the link's folder. Neither may climb above the root.
    private static void RefuseClimbing(TarEntry entry, string path)
    {
        var depth = entry.LinkName.StartsWith('/') ? 0 : path.Count(c => c == '/');
        foreach (var part in entry.LinkName.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            depth += part == ".." ? -1 : part == "." ? 0 : 1;
            if (depth < 0 && !entry.LinkName.StartsWith('/'))
            {
                throw new RootFsRefusedException($"'{entry.Name}' links to '{entry.LinkName}', above the root.");
            }

            depth = Math.Max(depth, 0);
        }
    }

    private static string Normal(string name, string shown)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToArray();
        if (parts.Contains("..") || name.Contains('\0', StringComparison.Ordinal) || parts.Any(p => p.Length > 255) || name.Length > 4000)
        {
            throw new RootFsRefusedException($"The path '{(shown.Length > 200 ? shown[..200] + "…" : shown)}' is refused: no '..', no part over 255 characters.");
        }

        return string.Join('/', parts);
    }
}
