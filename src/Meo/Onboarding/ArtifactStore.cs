using System.Security.Cryptography;

namespace Mano.Meo.Onboarding;

/// <summary>
/// Files by content: <c>blobs/ab/abcd…</c> holds the bytes whose SHA-256 is abcd…. A file appears under its name
/// complete and on disk, or not at all: it is written to <c>scratch</c> (of each replica its own), flushed, then renamed. What nobody seems to use
/// is put aside in <c>aside</c> before it is removed, and is back as soon as somebody asks for it.
/// </summary>
internal sealed class ArtifactStore : IDisposable
{
    private readonly string _blobs;
    private readonly string _scratch;
    private readonly string _aside;
    private readonly SemaphoreSlim _change = new(1, 1);

    internal ArtifactStore(OnboardingOptions options)
    {
        _blobs = Path.Combine(options.Folder, "blobs");
        _scratch = options.IsShared ? Path.Combine(options.Folder, "scratch", options.Replica) : Path.Combine(options.Folder, "scratch");
        _aside = Path.Combine(options.Folder, "aside");
        Directory.CreateDirectory(_blobs);
        Directory.CreateDirectory(_scratch);
        Directory.CreateDirectory(_aside);
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
        if (Has(file.Sha256))
        {
            return;
        }

        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        file.FlushToDisk();
        File.Move(file.Path, path, overwrite: true); // another replica may have been faster: the content is the same
        FolderSync.Flush(folder);
        FolderSync.Flush(_blobs);
    }

    /// <summary>The content, or null if there is none.</summary>
    internal FileStream? OpenRead(string sha256)
    {
        try
        {
            return Has(sha256) ? new FileStream(PathOf(sha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, useAsync: true) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether the content is here; if it was put aside, it is put back.</summary>
    internal bool Has(string sha256) => File.Exists(PathOf(sha256)) || BringBack(sha256);

    /// <summary>
    /// For a folder that other replicas write into, too: what no package names and is older than <paramref name="grace"/> is put
    /// aside; what has been aside for as long is removed, or put back if a package names it by now. So a file that an upload
    /// found there stays until that upload has named it, without any lock between the replicas. Returns how many were removed.
    /// </summary>
    internal int CollectSlowly(IReadOnlySet<string> used, TimeSpan grace, DateTime now)
    {
        foreach (var sha256 in All().Where(s => !used.Contains(s) && now - File.GetLastWriteTimeUtc(PathOf(s)) > grace))
        {
            var aside = Path.Combine(_aside, sha256);
            File.SetLastWriteTimeUtc(PathOf(sha256), now);
            File.Move(PathOf(sha256), aside, overwrite: true);
        }

        var removed = 0;
        foreach (var aside in Directory.GetFiles(_aside))
        {
            if (used.Contains(Path.GetFileName(aside)))
            {
                BringBack(Path.GetFileName(aside));
            }
            else if (now - File.GetLastWriteTimeUtc(aside) > grace)
            {
                File.Delete(aside);
                removed++;
            }
        }

        return removed;
    }

    /// <summary>Removes what replicas that do not live any more had been writing, for longer than <paramref name="grace"/> ago. Returns how many.</summary>
    internal int ClearScratchOf(Func<string, bool> lives, TimeSpan grace, DateTime now)
    {
        var dead = Directory.GetDirectories(Path.GetDirectoryName(_scratch)!).Where(folder => !lives(Path.GetFileName(folder)));
        var files = dead.SelectMany(Directory.GetFiles).Where(file => now - File.GetLastWriteTimeUtc(file) > grace).ToList();
        files.ForEach(File.Delete);
        return files.Count;
    }

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

    private bool BringBack(string sha256)
    {
        var path = PathOf(sha256);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(Path.Combine(_aside, sha256), path, overwrite: true);
            return true;
        }
        catch (FileNotFoundException)
        {
            // Not aside; or put back by another replica at this moment.
            return File.Exists(path);
        }
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
