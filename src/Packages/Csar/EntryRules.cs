using System.IO.Compression;
using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>What an entry of an untrusted archive may be: a plain file or folder, inside the archive, of bounded size.</summary>
internal static class EntryRules
{
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;
    private const int Link = 0xA000;
    private const long RatioFrom = 1 << 20;

    /// <summary>Tells every breach; true if there is none.</summary>
    internal static bool Check(IReadOnlyList<ZipArchiveEntry> entries, string prefix, PackageLimits limits, FaultList faults)
    {
        var good = true;
        long total = 0;
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            var fault = PathFault(entry.FullName, limits) ?? ShapeFault(entry, limits)
                ?? (files.Add(entry.FullName.TrimEnd('/')) ? null : ("duplicate-entry", "This path stands in the archive twice; which of them counts would be a guess."));
            if (fault is var (rule, message))
            {
                faults.Error(rule, new Place(prefix + Printable(entry.FullName), "", 0), message);
                good = false;
            }

            total = Math.Min(long.MaxValue / 2, total + Math.Max(0, entry.Length));
        }

        if (total > limits.MaxTotalBytes)
        {
            faults.Error("too-large", new Place(prefix.TrimEnd('!'), "", 0), $"The files unpack to {total} bytes; at most {limits.MaxTotalBytes} are accepted.");
            good = false;
        }

        return good && Foldings(entries, prefix, files, faults);
    }

    /// <summary>A file cannot be a folder as well.</summary>
    private static bool Foldings(IReadOnlyList<ZipArchiveEntry> entries, string prefix, HashSet<string> paths, FaultList faults)
    {
        var plain = entries.Where(e => !e.FullName.EndsWith('/')).Select(e => e.FullName).ToHashSet(StringComparer.Ordinal);
        var good = true;
        foreach (var path in paths)
        {
            for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                if (plain.Contains(path[..slash]))
                {
                    faults.Error("bad-path", new Place(prefix + path, "", 0), $"{path[..slash]} is a file of this archive and a folder of this path.");
                    good = false;
                }
            }
        }

        return good;
    }

    private static (string Rule, string Message)? PathFault(string path, PackageLimits limits)
    {
        if (path.Length == 0 || path.Length > limits.MaxPathLength)
        {
            return ("bad-path", $"A path has 1 to {limits.MaxPathLength} characters.");
        }

        if (path.Any(char.IsControl))
        {
            return ("bad-path", "The path holds control characters.");
        }

        if (path.Contains('\\', StringComparison.Ordinal))
        {
            return ("bad-path", "The path holds a backslash; paths in an archive use /. Pack it with a tool that writes them so; 'mano package build FOLDER' does.");
        }

        if (path[0] == '/' || (path.Length > 1 && path[1] == ':'))
        {
            return ("bad-path", "The path is absolute; paths in an archive begin inside it.");
        }

        var segments = path.TrimEnd('/').Split('/');
        if (segments.Any(s => s is "" or "." or ".."))
        {
            return ("bad-path", "The path has an empty segment, . or .., and could lead out of the archive.");
        }

        return segments.Length > limits.MaxPathDepth ? ("bad-path", $"The path is {segments.Length} folders deep; at most {limits.MaxPathDepth} are accepted.") : null;
    }

    private static (string Rule, string Message)? ShapeFault(ZipArchiveEntry entry, PackageLimits limits)
    {
        var type = (entry.ExternalAttributes >> 16) & TypeMask;
        if (type == Link)
        {
            return ("link", "The entry is a symbolic link; put the file itself into the package.");
        }

        if (type is not (0 or RegularFile or Folder))
        {
            return ("link", "The entry is a device, pipe or socket; packages hold files and folders.");
        }

        if (entry.IsEncrypted)
        {
            return ("encrypted", "The entry is encrypted; nobody could check it.");
        }

        if (entry.FullName.EndsWith('/') && entry.Length > 0)
        {
            return ("bad-path", "The entry is a folder with content.");
        }

        if (entry.Length > limits.MaxEntryBytes)
        {
            return ("too-large", $"The file unpacks to {entry.Length} bytes; at most {limits.MaxEntryBytes} are accepted.");
        }

        return entry.Length > RatioFrom && entry.Length / Math.Max(1, entry.CompressedLength) > limits.MaxRatio
            ? ("ratio", $"The file unpacks to more than {limits.MaxRatio} times its packed size, as archives made to exhaust a disk do.")
            : null;
    }

    private static string Printable(string path)
    {
        var text = string.Concat(path.Take(200).Select(c => char.IsControl(c) ? '?' : c));
        return path.Length > 200 ? text + "…" : text;
    }
}
