using System.Threading.RateLimiting;
using Polly;

namespace Mano.Mesh.Resilience;

/// <summary>
/// Lets so many calls through at once, and so many wait; the rest is refused with <see cref="BulkheadFullException"/>.
/// Ours, because the package of Polly that has one does not restore everywhere; the limiter itself is the framework's.
/// </summary>
#pragma warning disable CA1001 // a limiter holds no more than its queue, which is empty when nobody calls; pipelines have no end of life of their own
internal sealed class Bulkhead(string what, SiteLimits limits) : ResilienceStrategy
#pragma warning restore CA1001
{
    private readonly ConcurrencyLimiter limiter = new(new()
    {
        PermitLimit = limits.Calls, QueueLimit = limits.Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        RateLimitLease lease;
        try
        {
            lease = await limiter.AcquireAsync(1, context.CancellationToken).ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException e)
        {
            return Outcome.FromException<TResult>(e);
        }

        using (lease)
        {
            return lease.IsAcquired
                ? await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext)
                : Outcome.FromException<TResult>(new BulkheadFullException(
                    $"{limits.Calls} calls to {what} are under way and {limits.Waiting} wait; ask again later."));
        }
    }
}

/// <summary>Nothing to set: the limits are the strategy's own.</summary>
internal sealed class BulkheadOptions : ResilienceStrategyOptions
{
    public BulkheadOptions() => Name = "Bulkhead";
}

/// <summary>Too many calls are under way, and too many wait.</summary>
public sealed class BulkheadFullException(string message) : Exception(message);
