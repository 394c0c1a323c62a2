using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Images;

/// <summary>
/// From the MEO's package store over this site's cache into the hosts' VIMs. A fetch runs beside the loop, so that a
/// large image keeps no instance waiting but those that need it.
/// </summary>
internal sealed class SiteImages(ImageCache cache, SiteSignals signals) : IImages, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Fetch> fetches = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();

    public async Task<bool> Ensure(MecHost host, RequiredImage image, string forInstance, CancellationToken cancel)
    {
        var reference = ImageKinds.Reference([image]).Value;
        if (host.KnownImages.ContainsKey(reference.Digest))
        {
            return true;
        }

        if (image.Sha256.Length == 0)
        {
            await host.Vim.EnsureImageAsync(ImageSource.FromName(reference.Name), cancel);
        }
        else if (!cache.Has(image.Sha256) && FetchOf(image.Sha256, forInstance) is { } fetch)
        {
            if (!fetch.IsCompleted)
            {
                return false;
            }

            await fetch;
            await FromCache(host, image, reference, cancel);
        }
        else
        {
            await FromCache(host, image, reference, cancel);
        }

        host.KnownImages[reference.Digest] = true;
        return true;
    }

    public void Forget(MecHost host, RequiredImage image) => host.KnownImages.TryRemove(ImageKinds.Reference([image]).Value.Digest, out _);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        Task[] running;
        lock (gate)
        {
            running = [.. fetches.Values.Select(f => f.Work)];
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    /// <summary>The fetch under way, or one that starts now. One that has ended is handed out once, to whoever asks first.</summary>
    private Task FetchOf(string sha256, string forInstance)
    {
        lock (gate)
        {
            if (!fetches.TryGetValue(sha256, out var fetch))
            {
                fetches[sha256] = fetch = new(Task.Run(() => cache.Fetch(sha256, stop.Token), CancellationToken.None));
                _ = fetch.Work.ContinueWith(
                    _ => Ended(fetch), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            if (fetch.Work.IsCompleted)
            {
                fetches.Remove(sha256);
            }

            fetch.Waiting.Add(forInstance);
            return fetch.Work;
        }
    }

    private void Ended(Fetch fetch)
    {
        string[] waiting;
        lock (gate)
        {
            waiting = [.. fetch.Waiting];
        }

        foreach (var instance in waiting)
        {
            signals.OfInstance(instance);
        }
    }

    private async Task FromCache(MecHost host, RequiredImage image, ImageReference reference, CancellationToken cancel)
    {
        var path = await cache.Fetch(image.Sha256, cancel);
        if (DiskContent.Refuse(reference, path) is { } wrong)
        {
            throw wrong.ToException();
        }

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

    /// <summary>A fetch, and the instances that wait for it.</summary>
    private sealed record Fetch(Task Work)
    {
        public HashSet<string> Waiting { get; } = new(StringComparer.Ordinal);
    }
}
