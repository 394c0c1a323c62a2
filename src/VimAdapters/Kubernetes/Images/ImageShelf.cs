using System.Text;
using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.Kubernetes.Images;

/// <summary>What is known of the images: the names in their registry, and charts whole; in the adapter's folder by digest.</summary>
internal sealed class ImageShelf
{
    private const int MaxNameBytes = 1024;

    private readonly string folder;
    private readonly long maxChartBytes;
    private readonly KeyedLock keys = new();

    public ImageShelf(string folder, long maxChartBytes)
    {
        (this.folder, this.maxChartBytes) = (Path.Combine(folder, "images"), maxChartBytes);
        Directory.CreateDirectory(this.folder);
    }

    /// <summary>Keeps an image; a known digest is answered without reading the content.</summary>
    public async Task<VimImage> EnsureAsync(ImageSource source, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(source.Image.Digest, cancellationToken);
        if (Find(source.Image.Digest) is { } known)
        {
            return known;
        }

        var content = ContentOf(source.Image.Digest);
        try
        {
            long size;
            await using (var file = File.Create(content + ".new"))
            {
                size = await ImageDigest.CopyAsync(source, file, source.Image.Format == ImageFormat.HelmChart ? maxChartBytes : MaxNameBytes, cancellationToken);
            }

            Check(source.Image, content + ".new");
            File.Move(content + ".new", content, overwrite: true);
            var image = new VimImage(source.Image, size);
            AtomicFile.Write(RecordOf(source.Image.Digest), image, ImageShelfJson.Default.VimImage);
            return image;
        }
        finally
        {
            File.Delete(content + ".new");
        }
    }

    public VimImage? Find(string digest) => AtomicFile.ReadIfAny(RecordOf(digest), ImageShelfJson.Default.VimImage);

    public IReadOnlyList<VimImage> All =>
        [.. Directory.EnumerateFiles(folder, "*.json").Select(p => AtomicFile.ReadIfAny(p, ImageShelfJson.Default.VimImage)).OfType<VimImage>().OrderBy(i => i.Image.Digest, StringComparer.Ordinal)];

    /// <summary>The name of an image in its registry.</summary>
    public string NameOf(string digest) => File.ReadAllText(ContentOf(digest));

    /// <summary>The file of a chart.</summary>
    public string ContentOf(string digest) => Path.Combine(folder, digest["sha256:".Length..]);

    /// <summary>Removes an image unless somebody uses it.</summary>
    public async Task DeleteIfAnyAsync(string digest, Func<Task<string?>> user, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (Find(digest) is not null)
        {
            RequestRules.Refuse(await user() is { } computeId ? VimFailures.ImageInUse(digest, computeId) : null);
            File.Delete(RecordOf(digest));
            File.Delete(ContentOf(digest));
        }
    }

    private string RecordOf(string digest) => ContentOf(digest) + ".json";

    private static void Check(ImageReference image, string path)
    {
        if (image.Format == ImageFormat.HelmChart)
        {
            using var file = File.OpenRead(path);
            RequestRules.Refuse(file.ReadByte() == 0x1F && file.ReadByte() == 0x8B ? null : VimFailures.BadImage(image.Digest, "It is no packaged chart: a .tgz, as `helm package` makes it, would be right."));
            return;
        }

        var name = File.ReadAllText(path, Encoding.UTF8);
        RequestRules.Refuse(name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\uFFFD')
            ? VimFailures.BadImage(image.Digest, "It is no image's name: something like registry.example/edge/app:1.0 would be right.") : null);
    }
}

[JsonSerializable(typeof(VimImage))]
internal sealed partial class ImageShelfJson : JsonSerializerContext;
