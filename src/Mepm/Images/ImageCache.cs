using System.Collections.Concurrent;
using System.Security.Cryptography;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Images;

/// <summary>
/// Artifacts of packages on this site's disk, by digest. A file is in the cache only when its content has been seen to
/// have that digest; what is half fetched lies in a scratch folder that a start empties.
/// </summary>
internal sealed class ImageCache
{
    private readonly string folder;
    private readonly string scratch;
    private readonly IArtifactSource source;
    private readonly ImageOptions options;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);

    public ImageCache(string folder, IArtifactSource source, ImageOptions options, TimeProvider clock)
    {
        (this.folder, this.source, this.options, this.clock) = (folder, source, options, clock);
        scratch = Path.Combine(folder, "scratch");
        if (Directory.Exists(scratch))
        {
            Directory.Delete(scratch, recursive: true);
        }

        Directory.CreateDirectory(scratch);
    }

    /// <summary>Whether it is there already.</summary>
    public bool Has(string sha256) => File.Exists(Path.Combine(folder, sha256));

    /// <summary>The path of a file with that content; fetched when it is not there. One fetch at a time for a digest.</summary>
    public async Task<string> Fetch(string sha256, CancellationToken cancel)
    {
        if (sha256.Length != 64 || !sha256.All(c => char.IsAsciiHexDigitLower(c)))
        {
            throw Failure.InvalidInput("DIGEST_MALFORMED", $"'{sha256}' is no SHA-256: 64 lower-case hexadecimal digits would be right.").ToException();
        }

        var path = Path.Combine(folder, sha256);
        var gate = gates.GetOrAdd(sha256, static _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(cancel);
        try
        {
            if (!File.Exists(path))
            {
                await Download(sha256, path, cancel);
            }

            File.SetLastAccessTimeUtc(path, clock.GetUtcNow().UtcDateTime);
            return path;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Drops a file that turned out not to be what it should.</summary>
    public void Discard(string sha256) => File.Delete(Path.Combine(folder, sha256));

    private async Task Download(string sha256, string path, CancellationToken cancel)
    {
        var partial = Path.Combine(scratch, sha256);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            // What an earlier attempt left is hashed again and built upon.
            await HashWhatIsThere(file, hash, cancel);
            await Append(sha256, file, hash, cancel);
            file.Flush(flushToDisk: true);
        }

        var digest = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (digest != sha256)
        {
            File.Delete(partial);
            throw new Failure(FailureKind.Corrupt, "DIGEST_MISMATCH",
                $"The artifact arrived with digest {digest} instead of {sha256}; it was thrown away.", $"artifact/{sha256}").ToException();
        }

        File.Move(partial, path, overwrite: true);
    }

    private static async Task HashWhatIsThere(FileStream file, IncrementalHash hash, CancellationToken cancel)
    {
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await file.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }
    }

    private async Task Append(string sha256, FileStream file, IncrementalHash hash, CancellationToken cancel)
    {
        using var stall = new CancellationTokenSource(options.Stall, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancel);
        var total = -1L;
        try
        {
            await foreach (var chunk in source.Download(sha256, file.Length, both.Token).WithCancellation(both.Token))
            {
                if (total < 0)
                {
                    total = chunk.TotalBytes;
                    MakeRoom(sha256, total, total - file.Length);
                }

                if (file.Length + chunk.Bytes.Length > total)
                {
                    throw Failure.Internal("ARTIFACT_TOO_LONG", $"More than the announced {total} bytes arrived.", $"artifact/{sha256}").ToException();
                }

                hash.AppendData(chunk.Bytes.Span);
                await file.WriteAsync(chunk.Bytes, cancel);
                stall.CancelAfter(options.Stall);
            }
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new FailureException(Stalled(sha256, file.Length), e);
        }

        if (total >= 0 && file.Length < total)
        {
            throw Failure.Unavailable("TRANSFER_CUT", $"The transfer ended after {file.Length} of {total} bytes and is resumed.", $"artifact/{sha256}").ToException();
        }
    }

    private void MakeRoom(string sha256, long total, long needed)
    {
        if (total > options.MaxArtifactBytes)
        {
            throw Failure.NoCapacity("ARTIFACT_TOO_LARGE",
                $"It has {total} bytes; this site takes at most {options.MaxArtifactBytes}.", $"artifact/{sha256}").ToException();
        }

        var files = new DirectoryInfo(folder).EnumerateFiles().OrderBy(f => f.LastAccessTimeUtc).ToList();
        var held = files.Sum(f => f.Length);
        foreach (var file in files)
        {
            if (held + total <= options.MaxCacheBytes)
            {
                break;
            }

            held -= file.Length;
            file.Delete();
        }

        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free < needed)
        {
            throw Failure.NoCapacity("DISK_FULL", $"It needs {needed} bytes more and the disk under {folder} has {free}.", $"artifact/{sha256}").ToException();
        }
    }

    private Failure Stalled(string sha256, long have) => Failure.Unavailable(
        "TRANSFER_STALLED", $"Nothing arrived for {options.Stall.TotalSeconds:0.#} s after {have} bytes; the transfer is resumed.", $"artifact/{sha256}");
}
