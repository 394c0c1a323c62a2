using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>Images go by digest, and only what has the digest is kept.</summary>
internal static class ImageChecks
{
    private const string EmptyDigest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string OtherDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000001";

    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("images",
    [
        Check("EnsureImage repeated and concurrent keeps one image", Repeated, Rules.ImageByDigest, Rules.ListImages),
        Check("EnsureImage of a known digest does not read the content", KnownDigest, Rules.KnownDigest),
        Check("EnsureImage from a stream works as from a file", FromStream, Rules.ImageByDigest),
        Check("EnsureImage of content with another digest is FAILED_PRECONDITION and keeps nothing", WrongDigest, Rules.OtherDigest),
        Check("EnsureImage of an unreadable file is FAILED_PRECONDITION", Unreadable, Rules.UnreadablePath),
        Check("EnsureImage of an ill-formed digest is INVALID_ARGUMENT", IllFormed, Rules.IllFormed),
        Check("EnsureImage of no bytes at all is INVALID_ARGUMENT and keeps nothing", Empty, Rules.NoImageOfFormat),
        Check("EnsureImage of a format that is not claimed is UNIMPLEMENTED", Unclaimed, Rules.FormatNotClaimed),
        Check("EnsureCompute without its image is FAILED_PRECONDITION and leaves nothing", MissingImage, Rules.NoImage),
        Check("DeleteImageIfAny refuses while a compute uses the image, and is OK for nothing", InUse, Rules.ImageInUse, Rules.DeletingNothing),
    ]);

    private static async Task Repeated(ConformanceWorld w)
    {
        await w.WithoutImageAsync();
        await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience))));
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        }

        var images = await ListedAsync(w, w.Subject.Image.Image.Digest);
        Equal(1, images.Count, "how often the image is listed");
        Equal(w.Subject.Image.Size, images[0].Size, "the size of the image");
        Equal(w.Subject.Image.Image, images[0].Image, "the image");
    }

    private static async Task KnownDigest(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var unreadable = ImageSource.FromStream(w.Subject.Image.Image, w.Subject.Image.Size, _ => throw new NotConformingException("the content was opened"));
        await w.Vim.EnsureImageAsync(unreadable, w.Patience);
    }

    private static async Task FromStream(ConformanceWorld w)
    {
        await w.WithoutImageAsync();
        var source = ImageSource.FromStream(w.Subject.Image.Image, w.Subject.Image.Size, w.Subject.Image.OpenAsync);
        var image = await w.Vim.EnsureImageAsync(source, w.Patience);
        Equal(w.Subject.Image.Size, image.Size, "the size of the image");
        await w.RunningAsync(w.A);
    }

    private static async Task WrongDigest(ConformanceWorld w)
    {
        var wrong = ImageSource.FromStream(w.Subject.Image.Image with { Digest = OtherDigest }, w.Subject.Image.Size, w.Subject.Image.OpenAsync);
        for (var i = 0; i < 3; i++)
        {
            await RefusedAsync(FailureKind.IllegalState, () => w.Vim.EnsureImageAsync(wrong, w.Patience), "content with another digest");
        }

        Equal(0, (await ListedAsync(w, OtherDigest)).Count, "how often the image is listed");
    }

    private static Task Unreadable(ConformanceWorld w) =>
        RefusedAsync(FailureKind.IllegalState,
            () => w.Vim.EnsureImageAsync(ImageSource.FromFile(w.Subject.Image.Image with { Digest = OtherDigest }, "/nowhere/at/all"), w.Patience), "a file that is not there");

    private static async Task IllFormed(ConformanceWorld w)
    {
        foreach (var digest in new[] { "", "sha256:", "md5:00", "sha256:" + new string('A', 64), OtherDigest + "0", "sha256:../../../etc/passwd" })
        {
            var source = ImageSource.FromStream(w.Subject.Image.Image with { Digest = digest }, w.Subject.Image.Size, w.Subject.Image.OpenAsync);
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureImageAsync(source, w.Patience), $"digest '{digest}'");
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.DeleteImageIfAnyAsync(digest, w.Patience), $"digest '{digest}'");
        }
    }

    private static async Task Empty(ConformanceWorld w)
    {
        var empty = w.Subject.Image.Image with { Digest = EmptyDigest };
        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureImageAsync(ImageSource.FromStream(empty, 0, _ => Task.FromResult(Stream.Null)), w.Patience), "an image of no bytes");
        Equal(0, (await ListedAsync(w, EmptyDigest)).Count, "how often the image is listed");
    }

    private static async Task Unclaimed(ConformanceWorld w)
    {
        var unclaimed = Enum.GetValues<ImageFormat>().Where(f => !w.Capabilities.Has(RequestRules.Needed(f))).ToArray();
        if (unclaimed.Length == 0)
        {
            throw new NotShownException("every format is claimed");
        }

        await w.WithoutImageAsync();
        foreach (var format in unclaimed)
        {
            var source = ImageSource.FromStream(w.Subject.Image.Image with { Format = format }, w.Subject.Image.Size, w.Subject.Image.OpenAsync);
            await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.EnsureImageAsync(source, w.Patience), $"format {format}");
        }
    }

    private static async Task MissingImage(ConformanceWorld w)
    {
        await w.WithoutImageAsync();
        var before = await w.UsedAsync();
        await RefusedAsync(FailureKind.IllegalState, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec(), w.Patience), "an image that is not in the VIM");
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the refused create left a compute");
        Equal(before, await w.UsedAsync(), "used capacity");
        await w.RunningAsync(w.A);
    }

    private static async Task InUse(ConformanceWorld w)
    {
        var digest = w.Subject.Image.Image.Digest;
        await w.WithoutImageAsync();
        await w.RunningAsync(w.A);
        await RefusedAsync(FailureKind.IllegalState, () => w.Vim.DeleteImageIfAnyAsync(digest, w.Patience), "an image in use");
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.Vim.DeleteImageIfAnyAsync(digest, w.Patience);
        await w.Vim.DeleteImageIfAnyAsync(digest, w.Patience);
        Equal(0, (await ListedAsync(w, digest)).Count, "how often the image is listed");
    }

    private static async Task<IReadOnlyList<VimImage>> ListedAsync(ConformanceWorld w, string digest) =>
        [.. (await w.Vim.ListImagesAsync(w.Patience)).Where(i => i.Image.Digest == digest)];
}
