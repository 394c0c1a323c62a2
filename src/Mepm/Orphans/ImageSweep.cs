using Mano.Mepm.Findings;
using Mano.Mepm.Hosts;
using Mano.Mepm.Images;
using Mano.Mepm.Instances;
using Mano.Mepm.Loop;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Orphans;

/// <summary>
/// Compares a VIM's images with what the site's instances need: what the VIM lost is put there again when it is needed,
/// and what nobody needed for long enough leaves it.
/// </summary>
internal sealed class ImageSweep(SiteView site, FindingBook findings, OrphanContext context)
{
    private readonly Dictionary<(string HostId, string Digest), DateTimeOffset> unneeded = [];

    public async Task Sweep(MecHost host, CancellationToken cancel)
    {
        try
        {
            var images = await CallLimit.Bounded(context.Loop.CallTimeout, context.Clock, host.Vim.ListImagesAsync, cancel);
            var there = images.Select(i => i.Image.Digest).ToHashSet(StringComparer.Ordinal);
            foreach (var lost in host.KnownImages.Keys.Where(digest => !there.Contains(digest)))
            {
                host.KnownImages.TryRemove(lost, out _);
            }

            await DeleteUnneeded(host, there, cancel);
        }
        catch (FailureException)
        {
            // A VIM that does not answer, or that will not part with an image, is asked again at the next comparison.
        }
    }

    private async Task DeleteUnneeded(MecHost host, HashSet<string> there, CancellationToken cancel)
    {
        var needed = site.Instances.All()
            .Where(v => v.Record.Desired.HostId == host.HostId || site.Hosts.Find(v.Record.Desired.HostId)?.SharesVimWith(host) == true)
            .SelectMany(v => v.Record.Desired.Compute.Images)
            .Select(i => ImageKinds.Reference([i]).TryGet(out var image, out _) ? image.Digest : "")
            .ToHashSet(StringComparer.Ordinal);
        foreach (var digest in there)
        {
            var key = (host.HostId, digest);
            if (needed.Contains(digest))
            {
                unneeded.Remove(key);
            }
            else if (!unneeded.TryAdd(key, context.Now) && context.Options.Policy == OrphanPolicy.Remove && context.Now - unneeded[key] >= context.Options.ImageKept)
            {
                await CallLimit.Bounded(context.Loop.CallTimeout, context.Clock, c => Delete(host.Vim, digest, c), cancel);
                host.KnownImages.TryRemove(digest, out _);
                unneeded.Remove(key);
                findings.Note(
                    new(host.HostId, FindingSubject.Image, digest, FindingKind.Orphan), FindingAction.Removed,
                    $"No instance of this site needed it for {context.Options.ImageKept}.", resolved: true);
            }
        }
    }

    private static async Task<bool> Delete(IVimAdapter vim, string digest, CancellationToken cancel)
    {
        await vim.DeleteImageIfAnyAsync(digest, cancel);
        return true;
    }
}
