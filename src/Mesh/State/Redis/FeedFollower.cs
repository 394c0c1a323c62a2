using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// Reads the feed once for all watchers of this process. Woken by Redis's publish, by our own commits and by every new
/// session; looks every second besides, because a published message may be lost.
/// </summary>
internal sealed class FeedFollower(FeedReader reader, ChangeFeed feed, TimeProvider clock, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim wake = new(0, 1);
    private Task following = Task.CompletedTask;

    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake, or it was closed.
        }
    }

    /// <param name="current">Asks for the revision from which to follow.</param>
    public void Start(Func<CancellationToken, ValueTask<long>> current) => following = Task.Run(() => Follow(current));

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await following;
    }

    private async Task Follow(Func<CancellationToken, ValueTask<long>> current)
    {
        var begun = false;
        while (!closing.IsCancellationRequested)
        {
            var more = false;
            try
            {
                if (!begun)
                {
                    feed.SkipTo(await current(closing.Token));
                    begun = true;
                }

                more = await ReadOn();
            }
            catch (FailureException compacted) when (compacted.Failure.Reason == StateFailures.RevisionCompacted)
            {
                // We were away for too long: watchers learn it from the store when they ask for what lies between.
                begun = false;
                more = true;
            }
            catch (FailureException away) when (away.Failure.Kind == FailureKind.Unavailable)
            {
                // The link tells it, and wakes us when there is a new session.
            }
            catch (Exception) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.CannotFollow(e.Message);
            }

            if (!more)
            {
                await Sleep();
            }
        }
    }

    private async Task<bool> ReadOn()
    {
        var (changes, upTo, more) = await reader.Read(feed.Current, closing.Token);
        if (upTo > feed.Current)
        {
            feed.Publish(changes, upTo);
        }

        return more;
    }

    private async Task Sleep()
    {
        using var look = new CancellationTokenSource(LookEvery, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, closing.Token);
        await wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
