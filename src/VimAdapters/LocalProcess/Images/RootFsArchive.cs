using System.Formats.Tar;
using System.IO.Compression;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess.Images;

/// <summary>A root file system in a tar or tar.gz: checked as a whole before it is taken, unpacked a compute.</summary>
internal static class RootFsArchive
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode NoPrivilege = ~(UnixFileMode.SetUser | UnixFileMode.SetGroup);

    /// <summary>Reads the whole archive without writing anything. Why it is refused; null if it is not.</summary>
    public static string? FaultOf(string path, LocalProcessOptions options)
    {
        try
        {
            var rules = new RootFsRules(options.MaxRootFsBytes, options.MaxRootFsEntries);
            var files = 0;
            foreach (var entry in Entries(path, options.MaxRootFsBytes))
            {
                files += rules.Place(entry) is null ? 0 : 1;
            }

            return files == 0 ? "It is an empty archive." : null;
        }
        catch (RootFsRefusedException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException or IOException or OverflowException)
        {
            return $"It is no tar or tar.gz that can be read to its end: {e.Message}";
        }
    }

    /// <summary>Unpacks into an empty folder, everything belonging to <paramref name="userId"/> where one is given.</summary>
    public static void Extract(string path, string folder, int? userId, LocalProcessOptions options, CancellationToken cancellationToken)
    {
        var rules = new RootFsRules(options.MaxRootFsBytes, options.MaxRootFsEntries);
        foreach (var entry in Entries(path, options.MaxRootFsBytes))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rules.Place(entry) is { } place)
            {
                var target = Path.Combine(folder, place);
                Write(entry, folder, target, userId);
            }
        }
    }

    private static void Write(TarEntry entry, string folder, string target, int? userId)
    {
        MakeFolders(folder, Path.GetDirectoryName(target)!, userId);
        switch (entry.EntryType)
        {
            case TarEntryType.Directory:
                Directory.CreateDirectory(target);
                File.SetUnixFileMode(target, (entry.Mode & NoPrivilege) | OwnerAll);
                break;
            case TarEntryType.SymbolicLink:
                File.Delete(target);
                File.CreateSymbolicLink(target, entry.LinkName);
                break;
            case TarEntryType.HardLink:
                var linked = Path.Combine(folder, RootFsRules.TargetOf(entry));
                File.Delete(target);
                if (!Native.TryLink(linked, target))
                {
                    File.Copy(linked, target);
                }

                break;
            default:
                File.Delete(target);
                WriteFile(entry, target);
                break;
        }

        if (userId is { } id)
        {
            Native.Give(target, id);
        }
    }

    private static void WriteFile(TarEntry entry, string target)
    {
        using var file = new FileStream(target, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = (entry.Mode & NoPrivilege) | UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        entry.DataStream?.CopyTo(file);
    }

    // Archives may leave out the folders that their files lie in. Every part was checked to be no link.
    private static void MakeFolders(string root, string folder, int? userId)
    {
        if (folder.Length <= root.Length || Directory.Exists(folder))
        {
            return;
        }

        MakeFolders(root, Path.GetDirectoryName(folder)!, userId);
        Directory.CreateDirectory(folder);
        if (userId is { } id)
        {
            Native.Give(folder, id);
        }
    }

    private static IEnumerable<TarEntry> Entries(string path, long maxBytes)
    {
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using var content = isGzip ? new BoundedStream(new GZipStream(file, CompressionMode.Decompress), maxBytes) : (Stream)file;
        using var tar = new TarReader(content, leaveOpen: true);
        while (tar.GetNextEntry() is { } entry)
        {
            yield return entry;
        }
    }

    /// <summary>Stops a small archive that unpacks to more than is taken, headers and padding included.</summary>
    private sealed class BoundedStream(Stream inner, long maxBytes) : Stream
    {
        private long left = maxBytes + (64L << 20);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            left -= read;
            return left >= 0 ? read : throw new RootFsRefusedException($"It unpacks to more than {maxBytes} bytes.");
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
