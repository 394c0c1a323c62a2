using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Images;

/// <summary>From the MEO's package store over this site's cache into the hosts' VIMs.</summary>
internal sealed class SiteImages(ImageCache cache) : IImages
{
    public async Task Ensure(MecHost host, RequiredImage image, CancellationToken cancel)
    {
        var reference = ImageKinds.Reference([image]).Value;
        if (host.KnownImages.ContainsKey(reference.Digest))
        {
            return;
        }

        if (image.Sha256.Length == 0)
        {
            await host.Vim.EnsureImageAsync(ImageSource.FromName(reference.Name), cancel);
        }
        else
        {
            await FromCache(host, image, reference, cancel);
        }

        host.KnownImages[reference.Digest] = true;
    }

    public void Forget(MecHost host, RequiredImage image) => host.KnownImages.TryRemove(ImageKinds.Reference([image]).Value.Digest, out _);

    private async Task FromCache(MecHost host, RequiredImage image, ImageReference reference, CancellationToken cancel)
    {
        var path = await cache.Fetch(image.Sha256, cancel);
        try
        {
            await host.Vim.EnsureImageAsync(ImageSource.FromFile(reference, path), cancel);
        }
        catch (FailureException e) when (e.Failure is { Kind: FailureKind.IllegalState })
        {
            // The VIM could not read the file, or found other content in it: fetch it again.
            cache.Discard(image.Sha256);
            throw new FailureException(e.Failure with { Retryable = true }, e);
        }
    }
}
