using System.IO.Compression;
using System.Security.Cryptography;
using Mano.Packages.Documents;

namespace Mano.Packages.Csar;

/// <summary>A ZIP archive whose entries have passed every rule; nothing is written anywhere to read it.</summary>
internal sealed class SafeArchive : IDisposable
{
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _files;
    private readonly PackageLimits _limits;

    private SafeArchive(ZipArchive zip, string prefix, PackageLimits limits)
    {
        (_zip, Prefix, _limits) = (zip, prefix, limits);
        _files = zip.Entries.Where(e => !e.FullName.EndsWith('/')).ToDictionary(e => e.FullName, StringComparer.Ordinal);
    }

    /// <summary>What names this archive in faults: empty, or <c>outer.zip!</c>.</summary>
    internal string Prefix { get; }

    internal IReadOnlyCollection<string> Paths => _files.Keys;

    /// <returns>The archive, or null when it breaks a rule; every breach is told.</returns>
    internal static SafeArchive? Open(Stream stream, string prefix, PackageLimits limits, FaultList faults)
    {
        var at = new Place(prefix.TrimEnd('!'), "", 0);
        if (ZipDirectory.Check(stream, limits) is { } broken)
        {
            faults.Error("unreadable", at, broken);
            return null;
        }

        ZipArchive? zip = null;
        try
        {
            stream.Position = 0;
            zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (EntryRules.Check(zip.Entries, prefix, limits, faults))
            {
                (var archive, zip) = (new SafeArchive(zip, prefix, limits), null);
                return archive;
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            faults.Error("unreadable", at, $"The archive is broken: {e.Message}");
        }
        finally
        {
            zip?.Dispose();
        }

        return null;
    }

    internal bool Has(string path) => _files.ContainsKey(path);

    internal long Size(string path) => _files[path].Length;

    /// <summary>The content of a small file; null, with a fault, when it is too large or damaged.</summary>
    internal byte[]? ReadSmall(string path, int maxBytes, FaultList faults)
    {
        if (Size(path) > maxBytes)
        {
            faults.Error("too-large", new Place(Prefix + path, "", 0), $"The file has {Size(path)} bytes; at most {maxBytes} are read of a file of its kind.");
            return null;
        }

        using var content = new MemoryStream((int)Size(path));
        return Copy(path, content, faults, CancellationToken.None) ? content.ToArray() : null;
    }

    /// <summary>The digest of a file, and its first bytes; null, with a fault, when the entry is damaged.</summary>
    internal (byte[] Digest, byte[] Head)? Hash(string path, HashAlgorithmName algorithm, FaultList faults, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        using var sink = new HashingSink(hash);
        return Copy(path, sink, faults, cancel) ? (hash.GetHashAndReset(), sink.Head) : null;
    }

    /// <summary>Copies a file, checking that it has the length and the checksum its entry claims.</summary>
    internal bool Copy(string path, Stream destination, FaultList faults, CancellationToken cancel)
    {
        var entry = _files[path];
        var at = new Place(Prefix + path, "", 0);
        var crc = new Crc32();
        long read = 0;
        var buffer = new byte[64 * 1024];
        try
        {
            using var content = entry.Open();
            for (int n; (n = content.Read(buffer)) > 0;)
            {
                cancel.ThrowIfCancellationRequested();
                read += n;
                if (read > entry.Length || read > _limits.MaxEntryBytes)
                {
                    faults.Error("damaged-entry", at, "The entry unpacks to more bytes than it claims.");
                    return false;
                }

                crc.Append(buffer.AsSpan(0, n));
                destination.Write(buffer, 0, n);
            }
        }
        catch (Exception e) when (IsBroken(e))
        {
            faults.Error("damaged-entry", at, $"The entry cannot be unpacked: {e.Message}");
            return false;
        }

        if (read == entry.Length && crc.Value == entry.Crc32)
        {
            return true;
        }

        faults.Error("damaged-entry", at, "The entry is damaged: its length or checksum is not what the archive says.");
        return false;
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>What a broken archive makes the library throw; a disk that fails is not among them.</summary>
    private static bool IsBroken(Exception e) => e is InvalidDataException or EndOfStreamException or NotSupportedException
        or ArgumentException or OverflowException or IndexOutOfRangeException;

    private sealed class HashingSink(IncrementalHash hash) : Stream
    {
        private readonly byte[] _head = new byte[512];
        private int _headLength;

        internal byte[] Head => _head[.._headLength];

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            hash.AppendData(buffer, offset, count);
            var taken = Math.Min(count, _head.Length - _headLength);
            Array.Copy(buffer, offset, _head, _headLength, taken);
            _headLength += taken;
        }

        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
