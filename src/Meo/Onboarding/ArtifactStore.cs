using System.Security.Cryptography;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Files by content: <c>blobs/ab/abcd…</c> holds the bytes whose SHA-256 is abcd…. A file appears under its name
/// complete and on disk, or not at all: it is written to <c>scratch</c>, flushed, then renamed.
/// </summary>
internal sealed class ArtifactStore : IDisposable
{
    private readonly string _blobs;
    private readonly string _scratch;
    private readonly SemaphoreSlim _change = new(1, 1);

    internal ArtifactStore(OnboardingOptions options)
    {
        _blobs = Path.Combine(options.Folder, "blobs");
        _scratch = Path.Combine(options.Folder, "scratch");
        Directory.CreateDirectory(_blobs);
        Directory.CreateDirectory(_scratch);
    }

    /// <summary>A file that goes with the block that opened it, unless it is published.</summary>
    internal ScratchFile OpenScratch() => new(Path.Combine(_scratch, Path.GetRandomFileName()));

    /// <summary>
    /// Only one at a time publishes or collects: a blob that is there already must not be collected between the
    /// moment one package relies on it and the moment that package's record says so.
    /// </summary>
    internal async Task<IDisposable> Exclusively(CancellationToken cancel)
    {
        await _change.WaitAsync(cancel);
        return new Releaser(_change);
    }

    /// <summary>Makes the scratch file the blob of its content. Under <see cref="Exclusively"/>.</summary>
    internal void Publish(ScratchFile file)
    {
        var path = PathOf(file.Sha256);
        if (File.Exists(path))
        {
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        file.FlushToDisk();
        File.Move(file.Path, path);
        FolderSync.Flush(folder);
        FolderSync.Flush(_blobs);
    }

    /// <summary>The content, or null if there is none.</summary>
    internal FileStream? OpenRead(string sha256)
    {
        try
        {
            return new FileStream(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    internal bool Has(string sha256) => File.Exists(PathOf(sha256));

    /// <summary>Removes every blob that is not in use. Under <see cref="Exclusively"/>. Returns how many.</summary>
    internal int Collect(IReadOnlySet<string> used, IEnumerable<string>? among = null)
    {
        var removed = 0;
        foreach (var sha256 in among ?? All())
        {
            if (!used.Contains(sha256) && Has(sha256))
            {
                File.Delete(PathOf(sha256));
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Removes what a process that died was writing. Returns how many.</summary>
    internal int ClearScratch()
    {
        var files = Directory.GetFiles(_scratch);
        foreach (var file in files)
        {
            File.Delete(file);
        }

        return files.Length;
    }

    private List<string> All() => [.. Directory.EnumerateFiles(_blobs, "*", SearchOption.AllDirectories).Select(p => Path.GetFileName(p))];

    public void Dispose() => _change.Dispose();

    private string PathOf(string sha256) => Path.Combine(_blobs, sha256[..2], sha256);

    private sealed class Releaser(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}

/// <summary>A file being written, hashed on the way.</summary>
internal sealed class ScratchFile(string path) : IDisposable
{
    private readonly FileStream _stream = new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 64 * 1024);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private string? _sha256;

    internal string Path => path;

    internal long Length { get; private set; }

    /// <summary>Of everything written; nothing is written after it was asked for.</summary>
    internal string Sha256 => _sha256 ??= Convert.ToHexStringLower(_hash.GetHashAndReset());

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _stream.Write(bytes);
        Length += bytes.Length;
    }

    /// <summary>For writers that want a stream.</summary>
    internal Stream AsStream() => new WriteThrough(this);

    /// <summary>The content from its start.</summary>
    internal Stream Reopen()
    {
        _stream.Flush();
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    internal void FlushToDisk() => _stream.Flush(flushToDisk: true);

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();

        // Gone already if it was published.
        File.Delete(path);
    }

    private sealed class WriteThrough(ScratchFile file) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => file.Length;

        public override long Position
        {
            get => file.Length;
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer.AsSpan(offset, count));
        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
