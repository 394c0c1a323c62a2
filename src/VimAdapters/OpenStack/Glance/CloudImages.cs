using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.Storage;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Glance;

/// <summary>An image as servers are made from it.</summary>
internal sealed record UsableImage(VimImage Image, string GlanceId, long MinDiskGib, long MinRamMib);

/// <summary>
/// The images. Ours lie in Glance with the digest as a property, and are whole when Glance says active: the upload is broken off before
/// its end where the content is not what the digest says. Images of the catalogue that were only named, or that are there already with
/// the same digest, are remembered in the adapter's folder and never touched.
/// </summary>
internal sealed class CloudImages(OpenStackFolder folder, GlanceClient glance, Mark mark, ILogger logger)
{
    private const string SiteProperty = "mano_site";
    private const string DigestProperty = "mano_digest";

    private readonly KeyedLock keys = new();
    private HashSet<string> suspects = [];

    /// <summary>The image, if it is in the cloud.</summary>
    public async Task<UsableImage?> FindAsync(string digest, CancellationToken cancellationToken) =>
        await FindNamedAsync(digest, cancellationToken)
        ?? (await OursAsync(digest, cancellationToken)).Where(i => i.Status == "active").Select(Usable).FirstOrDefault();

    /// <summary>All images that are in the cloud, by digest.</summary>
    public async Task<IReadOnlyList<VimImage>> AllAsync(CancellationToken cancellationToken)
    {
        var all = (await glance.ListAsync(cancellationToken, (SiteProperty, mark.SiteName))).Where(i => i.Status == "active" && i.Digest is not null)
            .GroupBy(i => i.Digest!).ToDictionary(g => g.Key, g => Usable(g.First()).Image);
        foreach (var file in Directory.EnumerateFiles(folder.Images, "*.json"))
        {
            if (AtomicFile.ReadIfAny(file, OpenStackJson.Default.NamedImage) is { } named)
            {
                all.TryAdd(named.Image.Image.Digest, named.Image);
            }
        }

        return [.. all.Values.OrderBy(i => i.Image.Digest, StringComparer.Ordinal)];
    }

    /// <summary>Puts an image into Glance, or finishes what an earlier call began.</summary>
    public async Task<VimImage> EnsureAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var digest = source.Image.Digest;
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (await FindAsync(digest, cancellationToken) is { } known)
        {
            return known.Image;
        }

        try
        {
            return source.Image.Format == ImageFormat.NameOnly
                ? await NameAsync(source, cancellationToken)
                : await BorrowAsync(source, cancellationToken) ?? await UploadAsync(source, cancellationToken);
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(OpenStackFailures.OfImage(e, digest), e);
        }
    }

    /// <summary>Removes an image unless a compute uses it. One that was only named stays where it is.</summary>
    public async Task DeleteIfAnyAsync(string digest, Func<string?> userOf, CancellationToken cancellationToken)
    {
        using var key = await keys.TakeAsync(digest, cancellationToken);
        if (userOf() is { } user)
        {
            throw VimFailures.ImageInUse(digest, user).ToException();
        }

        try
        {
            foreach (var image in await OursAsync(digest, cancellationToken))
            {
                await glance.DeleteAsync(image.Id, cancellationToken);
            }
        }
        catch (OpenStackRefusedException e)
        {
            throw new FailureException(OpenStackFailures.OfImage(e, digest), e);
        }

        File.Delete(folder.Image(digest));
    }

    /// <summary>Removes what an upload began, that nobody has gone on with since the sweep before.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var halves = (await glance.ListAsync(cancellationToken, (SiteProperty, mark.SiteName))).Where(IsHalf).ToArray();
        foreach (var half in halves.Where(h => suspects.Contains(h.Id)))
        {
            // Whoever uploads holds the key; and who has ended meanwhile may have made it whole.
            using var key = keys.TryTake(half.Digest ?? "");
            if (key is not null && await glance.FindAsync(half.Id, cancellationToken) is { } still && IsHalf(still))
            {
                Log.RemovedLeftover(logger, "Image", still.GivenName ?? "", still.Id);
                await glance.DeleteAsync(still.Id, cancellationToken);
            }
        }

        suspects = [.. halves.Select(h => h.Id)];
    }

    private static bool IsHalf(ImageDetails image) => image.Status is "queued" or "saving";

    private Task<IReadOnlyList<ImageDetails>> OursAsync(string digest, CancellationToken cancellationToken) =>
        glance.ListAsync(cancellationToken, (SiteProperty, mark.SiteName), (DigestProperty, digest));

    private async Task<UsableImage?> FindNamedAsync(string digest, CancellationToken cancellationToken) =>
        AtomicFile.ReadIfAny(folder.Image(digest), OpenStackJson.Default.NamedImage) is { } named
        && await glance.FindAsync(named.GlanceId, cancellationToken) is { Status: "active" } there
            ? new(named.Image, there.Id, there.MinDisk, there.MinRam) : null;

    /// <summary>An image of the catalogue by its name, which must mean one.</summary>
    private async Task<VimImage> NameAsync(ImageSource source, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await ImageDigest.CopyAsync(source, content, 1024, cancellationToken);
        var name = System.Text.Encoding.UTF8.GetString(content.ToArray()).Trim();
        var found = (await glance.ListAsync(cancellationToken, ("name", name), ("status", "active"))).ToList();
        if (found.Count == 0 && Guid.TryParse(name, out _) && await glance.FindAsync(name, cancellationToken) is { Status: "active" } byId)
        {
            found.Add(byId);
        }

        return found.Count == 1
            ? Remember(source, content.Length, found[0])
            : throw VimFailures.BadContent(source.Image.Digest, found.Count == 0
                ? $"Glance has no active image '{name}' that this project sees; upload it, or name another."
                : $"Glance has {found.Count} active images '{name}' ({string.Join(", ", found.Select(f => f.Id))}); name one by its id.").ToException();
    }

    /// <summary>The same content, put there by somebody else, where Glance counts in SHA-256.</summary>
    private async Task<VimImage?> BorrowAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var hash = source.Image.Digest["sha256:".Length..];
        var same = await glance.ListAsync(cancellationToken, ("os_hash_value", hash), ("status", "active"));
        return same.FirstOrDefault(i => i.HashAlgorithm == "sha256" && i.HashValue == hash && i.DiskFormat == FormatOf(source.Image)) is { } there
            ? Remember(source, there.Size ?? source.Size, there) : null;
    }

    private VimImage Remember(ImageSource source, long size, ImageDetails there)
    {
        var image = new VimImage(source.Image, size);
        AtomicFile.Write(folder.Image(source.Image.Digest), new NamedImage(image, there.Id), OpenStackJson.Default.NamedImage);
        return image;
    }

    private async Task<VimImage> UploadAsync(ImageSource source, CancellationToken cancellationToken)
    {
        // Opened first: what cannot be read gets no place.
        var digest = source.Image.Digest;
        using var content = new UploadedContent(source, await OpenAsync(source, cancellationToken));
        var place = await PlaceAsync(source, cancellationToken);
        try
        {
            await glance.UploadAsync(place, content, cancellationToken);
        }
        catch (Exception e) when (content.Fault is not null || e is FailureException { Failure.Kind: FailureKind.IllegalState or FailureKind.InvalidInput } or OpenStackRefusedException or OperationCanceledException)
        {
            await glance.DeleteAsync(place, CancellationToken.None);
            throw content.Fault is { } fault ? new FailureException(fault, e) : e;
        }

        var there = await glance.FindAsync(place, cancellationToken);
        if (there is { Status: "active" } && there.Size == content.Size && (there.HashAlgorithm is null || content.Digests.GetValueOrDefault(there.HashAlgorithm, there.HashValue ?? "") == there.HashValue))
        {
            return Usable(there).Image;
        }

        await glance.DeleteAsync(place, CancellationToken.None);
        throw Failure.Unavailable("VIM_IMAGE_LOST", $"Glance took {content.Size} bytes for image {digest} and has it as {there?.Status ?? "nothing"}, {there?.Size ?? 0} bytes; it is uploaded again.", $"image/{digest}").ToException();
    }

    /// <summary>Where the content goes: a new image, or one that an earlier call made and never filled.</summary>
    private async Task<string> PlaceAsync(ImageSource source, CancellationToken cancellationToken)
    {
        string? place = null;
        foreach (var left in await OursAsync(source.Image.Digest, cancellationToken))
        {
            var isEmpty = left.Status == "queued" && left.DiskFormat == FormatOf(source.Image) && place is null;
            Log.HalfUploaded(logger, source.Image.Digest, left.Id, left.Status, isEmpty ? "filled now" : "replaced");
            if (isEmpty)
            {
                place = left.Id;
            }
            else
            {
                await glance.DeleteAsync(left.Id, cancellationToken);
            }
        }

        return place ?? (await glance.CreateAsync(
            new()
            {
                Name = source.Image.Name.Length > 0 ? source.Image.Name : source.Image.Digest,
                DiskFormat = FormatOf(source.Image),
                Site = mark.SiteName,
                Digest = source.Image.Digest,
                Format = source.Image.Format.ToString(),
                GivenName = source.Image.Name,
            },
            cancellationToken)).Id;
    }

    private static async Task<Stream> OpenAsync(ImageSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenAsync(cancellationToken);
        }
        catch (Exception e) when (source.LocalPath is not null && e is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(VimFailures.BadContent(source.Image.Digest, $"{source.LocalPath} cannot be read: {e.Message}"), e);
        }
    }

    private static string FormatOf(ImageReference image) => image.Format == ImageFormat.Qcow2 ? "qcow2" : "raw";

    private static UsableImage Usable(ImageDetails image) => new(
        new(new(image.Digest ?? "", Enum.TryParse<ImageFormat>(image.Format, out var format) ? format : ImageFormat.Raw, image.GivenName ?? ""), image.Size ?? 0),
        image.Id, image.MinDisk, image.MinRam);
}
