using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalProcess.Images;

/// <summary>The images, one folder a digest: the content, and a record beside it that is written last.</summary>
internal sealed class ImageStore(VimFolder folder, LocalProcessOptions options)
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const int NoSpaceLeft = 28;

    private readonly KeyedLock keys = new();

    /// <summary>Where the content of an image lies; null where it is not in the store.</summary>
    public string? PathOf(string digest) => Find(digest) is null ? null : Content(digest);

    /// <summary>The image, if it is in the store.</summary>
    public VimImage? Find(string digest) => AtomicFile.ReadIfAny(Record(digest), LocalProcessJson.Default.VimImage);

    /// <summary>All images, by digest.</summary>
    public IReadOnlyList<VimImage> All => [.. Directory.EnumerateDirectories(folder.Images).Order(StringComparer.Ordinal)
        .Select(f => AtomicFile.ReadIfAny(Path.Combine(f, "image.json"), LocalProcessJson.Default.VimImage)).OfType<VimImage>()];

    /// <summary>Takes an image in, checking digest and format before its record says that it is there.</summary>
    public async Task<VimImage> EnsureAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var digest = source.Image.Digest;
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (Find(digest) is { } known)
        {
            return known;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Content(digest))!);
        try
        {
            long size;
            await using (var content = new FileStream(Content(digest), FileMode.Create, FileAccess.Write))
            {
                size = await ImageDigest.CopyAsync(source, content, options.MaxImageBytes, cancellationToken);
            }

            File.SetUnixFileMode(Content(digest), Executable);
            var fault = source.Image.Format == ImageFormat.Executable
                ? ExecutableFile.FaultOf(Content(digest))
                : RootFsArchive.FaultOf(Content(digest), options);
            if (fault is not null)
            {
                throw VimFailures.BadImage(digest, fault).ToException();
            }

            var image = new VimImage(source.Image, size);
            AtomicFile.Write(Record(digest), image, LocalProcessJson.Default.VimImage);
            return image;
        }
        catch (Exception e)
        {
            VimFolder.Empty(Path.GetDirectoryName(Content(digest))!);
            if (e is IOException { HResult: NoSpaceLeft })
            {
                throw VimFailures.NoRoom($"image/{digest}", $"The disk is full: {e.Message}").ToException();
            }

            throw;
        }
    }

    /// <summary>Removes an image unless a compute uses it.</summary>
    public async Task DeleteIfAnyAsync(string digest, Func<string?> userOf, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (userOf() is { } user)
        {
            throw VimFailures.ImageInUse(digest, user).ToException();
        }

        // The record goes first: an image half removed is one that is not there.
        if (File.Exists(Record(digest)))
        {
            File.Delete(Record(digest));
        }

        VimFolder.Empty(Path.GetDirectoryName(Content(digest))!);
    }

    private string Content(string digest) => Path.Combine(folder.Images, digest.Replace(':', '-'), "content");

    private string Record(string digest) => Path.Combine(folder.Images, digest.Replace(':', '-'), "image.json");
}
