namespace Mano.Meo.Onboarding;

/// <summary>
/// Files by content: <c>blobs/ab/abcd…</c> holds the bytes whose SHA-256 is abcd…. A file appears under its name
/// complete and on disk, or not at all: it is written to <c>scratch</c> (of each replica its own), flushed, then renamed. What nobody seems to use
/// is put aside in <c>aside</c> before it is removed, and is back as soon as somebody asks for it.
/// </summary>
internal sealed class ArtifactStore : IDisposable
{
    private const string Partial = "partial-";

    private readonly string _blobs;
    private readonly string _scratch;
    private readonly string _aside;
    private readonly bool _isShared;
    private readonly SemaphoreSlim _change = new(1, 1);

    internal ArtifactStore(OnboardingOptions options)
    {
        _blobs = Path.Combine(options.Folder, "blobs");
        _isShared = options.IsShared;
        _scratch = _isShared ? Path.Combine(options.Folder, "scratch", options.Replica) : Path.Combine(options.Folder, "scratch");
        _aside = Path.Combine(options.Folder, "aside");
        Directory.CreateDirectory(_blobs);
        Directory.CreateDirectory(_scratch);
        Directory.CreateDirectory(_aside);
    }

    /// <summary>A file that goes with the block that opened it, unless it is published.</summary>
    internal ScratchFile OpenScratch() => new(Path.Combine(_scratch, Path.GetRandomFileName()));

    /// <summary>The same as a stream, for what is never published.</summary>
    internal Stream OpenScratchStream() => new FileStream(
        Path.Combine(_scratch, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose);

    /// <summary>
    /// A file that may stay when its upload breaks off: the content of this digest from <paramref name="offset"/> on. What is there before is
    /// kept, what is there after is cut off. What another replica of the same folder took is taken over: the package's record says that nobody is at it.
    /// </summary>
    internal ScratchFile OpenPartial(string appPkgId, string sha256, long offset)
    {
        var own = PartialPath(_scratch, appPkgId, sha256);
        if (FindPartial(appPkgId, sha256) is { } found && found != own)
        {
            File.Move(found, own);
        }

        return new(own, offset);
    }

    /// <summary>How much of the content an upload that broke off has left in this folder, whichever replica took it.</summary>
    internal long PartialLength(string appPkgId, string sha256) => FindPartial(appPkgId, sha256) is { } path ? new FileInfo(path).Length : 0;

    /// <summary>Removes what broke off longer than <paramref name="keep"/> ago, or belongs to a package that is gone. Returns how many.</summary>
    internal int ClearPartials(TimeSpan keep, DateTime now, string? appPkgId = null)
    {
        var folders = appPkgId is null ? [_scratch] : Scratches;
        var files = folders.SelectMany(f => Directory.GetFiles(f, $"{Partial}{appPkgId ?? "*"}.*")).Where(f => appPkgId is not null || now - File.GetLastWriteTimeUtc(f) > keep).ToList();
        files.ForEach(File.Delete);
        return files.Count;
    }

    /// <summary>This replica's, then those of others that share the folder.</summary>
    private string[] Scratches => _isShared ? [_scratch, .. Directory.GetDirectories(Path.GetDirectoryName(_scratch)!).Where(f => f != _scratch)] : [_scratch];

    private string? FindPartial(string appPkgId, string sha256) => Scratches.Select(f => PartialPath(f, appPkgId, sha256)).FirstOrDefault(File.Exists);

    private static string PartialPath(string scratch, string appPkgId, string sha256) => Path.Combine(scratch, $"{Partial}{appPkgId}.{sha256}");

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

    /// <summary>Removes what a process that died was writing and nobody can go on with. Returns how many.</summary>
    internal int ClearScratch()
    {
        var files = Directory.GetFiles(_scratch).Where(f => !Path.GetFileName(f).StartsWith(Partial, StringComparison.Ordinal)).ToList();
        foreach (var file in files)
        {
            File.Delete(file);
        }

        return files.Count;
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
