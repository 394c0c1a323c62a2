using System.Security.Cryptography;
using Mano.Packages.Documents;
using Mano.Packages.Tosca;

namespace Mano.Packages.Building;

/// <summary>The files of a folder that become a package, by their path in it; texts may be replaced on the way.</summary>
internal sealed class FolderFiles : IDescriptorFiles
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _replaced = new(StringComparer.Ordinal);

    internal IReadOnlyList<string> Paths => [.. _files.Keys.Union(_replaced.Keys).Order(StringComparer.Ordinal)];

    /// <summary>Hidden files, and packages built before, are left out.</summary>
    internal static FolderFiles? Read(string folder, string output, PackageLimits limits, FaultList faults)
    {
        if (!Directory.Exists(folder))
        {
            faults.Error("no-folder", new Place(folder, "", 0), File.Exists(folder)
                ? "This is a file; a package is built of a folder that holds TOSCA-Metadata/TOSCA.meta."
                : "There is no such folder.");
            return null;
        }

        var files = new FolderFiles();
        var total = files.Add(new DirectoryInfo(folder), "", Path.GetFullPath(output), faults);
        if (total > limits.MaxTotalBytes)
        {
            faults.Error("too-large", new Place(folder, "", 0), $"The files have {total} bytes; a package may have {limits.MaxTotalBytes}.");
        }

        return files;
    }

    internal bool Has(string path) => _files.ContainsKey(path) || _replaced.ContainsKey(path);

    internal byte[] Content(string path) => _replaced.TryGetValue(path, out var bytes) ? bytes : File.ReadAllBytes(_files[path]);

    internal long Size(string path) => _replaced.TryGetValue(path, out var bytes) ? bytes.Length : new FileInfo(_files[path]).Length;

    internal void Replace(string path, byte[] content) => _replaced[path] = content;

    internal Stream OpenRead(string path) =>
        _replaced.TryGetValue(path, out var bytes) ? new MemoryStream(bytes, writable: false) : File.OpenRead(_files[path]);

    internal string Sha256(string path)
    {
        using var stream = OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    internal bool IsExecutable(string path) =>
        !OperatingSystem.IsWindows() && _files.TryGetValue(path, out var file) && (File.GetUnixFileMode(file) & AnyExecute) != 0;

    public byte[]? Open(string path) => Has(path) ? Content(path) : null;

    public string Label(string path) => path;

    private long Add(DirectoryInfo folder, string prefix, string output, FaultList faults)
    {
        long total = 0;
        foreach (var item in folder.EnumerateFileSystemInfos().Where(i => i.Name[0] != '.'))
        {
            var path = prefix + item.Name;
            if (item.LinkTarget is not null)
            {
                faults.Error("link", new Place(path, "", 0), "This is a symbolic link; put the file itself into the folder.");
            }
            else if (item is DirectoryInfo inner)
            {
                total += Add(inner, path + "/", output, faults);
            }
            else if (item.FullName != output && !item.Name.EndsWith(".csar", StringComparison.OrdinalIgnoreCase) && !item.Name.EndsWith(".part", StringComparison.Ordinal))
            {
                _files[path] = item.FullName;
                total += ((FileInfo)item).Length;
            }
        }

        return total;
    }
}
