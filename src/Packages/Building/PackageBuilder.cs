using System.IO.Compression;
using Mano.Packages.Building;
using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages;

/// <summary>
/// Makes a CSAR of a folder: the same files give the same bytes. 1. every file of the folder; 2. digests put into the
/// descriptor where it asks for them; 3. the manifest; 4. the archive; 5. the archive read back as a MEO would.
/// </summary>
public static class PackageBuilder
{
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private const int RegularFile = 0x8000 << 16;
    private const int Executable = 0x1ED << 16; // rwxr-xr-x
    private const int Plain = 0x1A4 << 16; // rw-r--r--

    /// <summary>Builds, and leaves a file at <paramref name="output"/> only if it is a package a MEO accepts.</summary>
    /// <returns>The content as read back, and every fault found on the way.</returns>
    public static PackageReading Build(string folder, string output, PackageBuildOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        var faults = new FaultList(options.Limits.MaxFaults);
        var scratch = Path.GetFullPath(output) + ".part";
        try
        {
            if (Collect(folder, output, options, faults) is not { } files)
            {
                return new(null, faults.All());
            }

            Directory.CreateDirectory(Path.GetDirectoryName(scratch)!);
            using (var stream = File.Create(scratch))
            {
                Write(files, stream, cancel); // 4
            }

            PackageReading reading;
            using (var stream = File.OpenRead(scratch))
            {
                reading = PackageReader.Read(stream, new() { Limits = options.Limits }, cancel); // 5
            }

            if (reading.Content is not null)
            {
                File.Move(scratch, output, overwrite: true);
            }

            return reading;
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    private static FolderFiles? Collect(string folder, string output, PackageBuildOptions options, FaultList faults)
    {
        var files = FolderFiles.Read(folder, output, options.Limits, faults); // 1
        if (files is null)
        {
            return null;
        }

        DigestTokens.Fill(files, faults); // 2
        if (FolderLayout.Find(files, faults) is not { } layout)
        {
            return null;
        }

        // Read once for its identity; what else is wrong with it is told when the archive is read back.
        var quiet = new FaultList(options.Limits.MaxFaults);
        var descriptor = DescriptorReader.Read(files.Content(layout.Definitions), layout.Definitions, files, options.Limits, quiet);
        if (descriptor is null)
        {
            foreach (var fault in quiet.All())
            {
                faults.Add(fault.Severity, fault.Rule, new(fault.File, fault.Path, fault.Line), fault.Message);
            }

            return null;
        }

        ManifestWriter.Write(files, layout.Manifest, descriptor.App, options.ReleaseTime, faults); // 3
        return faults.HasErrors ? null : files;
    }

    private static void Write(FolderFiles files, Stream stream, CancellationToken cancel)
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var path in files.Paths)
        {
            cancel.ThrowIfCancellationRequested();
            var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
            entry.LastWriteTime = EntryTime;
            entry.ExternalAttributes = RegularFile | (files.IsExecutable(path) ? Executable : Plain);
            using var target = entry.Open();
            using var source = files.OpenRead(path);
            source.CopyTo(target);
        }
    }
}
