using System.IO.Compression;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers.Engine;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalContainers.Images;

/// <summary>An image we put into the engine.</summary>
/// <param name="Image">What the contract knows of it.</param>
/// <param name="EngineId">What the engine calls it; containers are made from this, so that no tag can be moved under them.</param>
internal sealed record LoadedImage(VimImage Image, string EngineId);

/// <summary>
/// The images: loaded into the engine under a tag that is the archive's digest, and a record beside it. An image is there
/// when both are: a record without the tag (somebody pruned) is loaded again.
/// </summary>
internal sealed class ContainerImages(ContainerFolder folder, EngineClient engine, Mark mark, LocalContainersOptions options)
{
    private const int NoSpaceLeft = 28;

    private readonly KeyedLock keys = new();

    /// <summary>The image, if it is in the engine.</summary>
    public async Task<LoadedImage?> FindAsync(string digest, CancellationToken cancellationToken) =>
        Record(digest) is { } record && (await engine.ImageIfAnyAsync(mark.ImageTag(digest), cancellationToken))?.Id is { } id && SameId(id, record.EngineId) ? record : null;

    /// <summary>All images that are in the engine, by digest.</summary>
    public async Task<IReadOnlyList<VimImage>> AllAsync(CancellationToken cancellationToken)
    {
        var tags = (await engine.ImagesAsync(mark.Repository, cancellationToken)).SelectMany(i => i.RepoTags ?? []).ToHashSet(StringComparer.Ordinal);
        return [.. Directory.EnumerateFiles(folder.Images, "*.json").Order(StringComparer.Ordinal)
            .Select(f => AtomicFile.ReadIfAny(f, LocalContainersJson.Default.LoadedImage)).OfType<LoadedImage>()
            .Where(i => tags.Contains(mark.ImageTag(i.Image.Image.Digest))).Select(i => i.Image)];
    }

    /// <summary>Takes an image in, checking digest and layout before the engine sees anything of it.</summary>
    public async Task<VimImage> EnsureAsync(ImageSource source, string architecture, CancellationToken cancellationToken)
    {
        var digest = source.Image.Digest;
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (await FindAsync(digest, cancellationToken) is { } known)
        {
            return known.Image;
        }

        var spool = folder.Spool(digest);
        try
        {
            long size;
            await using (var file = new FileStream(spool, FileMode.Create, FileAccess.Write))
            {
                size = await ImageDigest.CopyAsync(source, file, options.MaxImageBytes, cancellationToken);
            }

            await UnpackIfPackedAsync(spool, digest, cancellationToken);
            var loaded = new LoadedImage(new(source.Image, size), await LoadAsync(spool, digest, architecture, cancellationToken));
            AtomicFile.Write(folder.Image(digest), loaded, LocalContainersJson.Default.LoadedImage);
            return loaded.Image;
        }
        catch (ArchiveRefusedException e)
        {
            throw VimFailures.BadImage(digest, e.Message).ToException();
        }
        catch (EngineRefusedException e)
        {
            throw EngineFailures.OfImage(e, digest).ToException();
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) == NoSpaceLeft)
        {
            throw VimFailures.NoRoom($"image/{digest}", $"The disk is full: {e.Message}").ToException();
        }
        finally
        {
            File.Delete(spool);
            File.Delete(spool + ".plain");
        }
    }

    /// <summary>Removes an image unless a compute uses it. What others made of it stays theirs.</summary>
    public async Task DeleteIfAnyAsync(string digest, Func<string?> userOf, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (userOf() is { } user)
        {
            throw VimFailures.ImageInUse(digest, user).ToException();
        }

        try
        {
            await engine.RemoveImageIfAnyAsync(mark.ImageTag(digest), cancellationToken);
        }
        catch (EngineRefusedException e) when (e.Status == System.Net.HttpStatusCode.Conflict)
        {
            // A container that is not ours runs from it: the engine keeps it for that one, and for us it is gone.
        }

        File.Delete(folder.Image(digest));
    }

    private LoadedImage? Record(string digest) => AtomicFile.ReadIfAny(folder.Image(digest), LocalContainersJson.Default.LoadedImage);

    private async Task<string> LoadAsync(string spool, string digest, string architecture, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(spool);
        var image = ContainerImage.Find(await ArchiveContents.ReadAsync(file, cancellationToken), architecture);
        file.Position = 0;
        using (var content = new RetaggedArchive(file, image, mark.ImageTag(digest)))
        {
            await engine.LoadAsync(content, cancellationToken);
        }

        var there = await engine.ImageIfAnyAsync(mark.ImageTag(digest), cancellationToken);
        return there is not null && SameId(there.Id, image.EngineId)
            ? image.EngineId
            : throw VimFailures.BadImage(digest, $"The engine took it, and has {there?.Id ?? "nothing"} where {image.EngineId} was expected.").ToException();
    }

    private async Task UnpackIfPackedAsync(string spool, string digest, CancellationToken cancellationToken)
    {
        await using (var packed = File.OpenRead(spool))
        {
            if (packed.ReadByte() != 0x1f || packed.ReadByte() != 0x8b)
            {
                return;
            }

            packed.Position = 0;
            await using var gzip = new GZipStream(packed, CompressionMode.Decompress);
            await using var plain = new FileStream(spool + ".plain", FileMode.Create, FileAccess.Write);
            try
            {
                await CopyBoundedAsync(gzip, plain, digest, cancellationToken);
            }
            catch (InvalidDataException e)
            {
                throw new ArchiveRefusedException($"It begins as gzip and cannot be unpacked: {e.Message}");
            }
        }

        File.Move(spool + ".plain", spool, overwrite: true);
    }

    private async Task CopyBoundedAsync(Stream from, Stream to, string digest, CancellationToken cancellationToken)
    {
        var buffer = new byte[128 * 1024];
        var size = 0L;
        int read;
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            size += read;
            if (size > options.MaxImageBytes)
            {
                throw VimFailures.NoRoom($"image/{digest}", $"The image unpacks to over {options.MaxImageBytes} bytes, which is the most that is taken here.").ToException();
            }

            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    // Podman leaves the algorithm out.
    private static bool SameId(string one, string other) => one.Split(':')[^1] == other.Split(':')[^1];
}
