using Grpc.Core;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Mano.Mesh.Resilience;

/// <summary>
/// The resilience pipelines of the mesh, named once. They are for calls that may be repeated: keyed Ensure, IfAny and
/// reads. What is not keyed is never sent through one of these.
/// </summary>
public static class MeshPipelines
{
    /// <summary>
    /// A short call to a peer: five tries within about three seconds, each at most <paramref name="tryTimeout"/>.
    /// Longer absences are the business of the caller's loop, which has its own back-off and can be seen.
    /// </summary>
    public static ResiliencePipeline RepeatableCall(TimeProvider time, TimeSpan tryTimeout) => Builder(time)
        .AddRetry(Retry())
        .AddTimeout(tryTimeout)
        .Build();

    /// <summary>
    /// The same towards one site, with a bulkhead and a circuit breaker, so that a site that is away or slow costs its
    /// callers nothing but a clear UNAVAILABLE, and the callers of other sites nothing at all: no more than
    /// <see cref="SiteLimits"/> calls are under way to it, and the circuit opens when half of at least eight tries in ten
    /// seconds failed, for five seconds. Each site has a pipeline of its own.
    /// </summary>
    public static ResiliencePipeline Site(string siteId, SiteLimits limits, TimeProvider time, ILogger logger)
    {
        var circuit = new CircuitNews(siteId, logger);
        return Builder(time)
            .AddStrategy(_ => new Bulkhead(siteId, limits), new BulkheadOptions())
            .AddRetry(Retry())
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = 0.5,
                MinimumThroughput = 8,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
                ShouldHandle = new PredicateBuilder().Handle<RpcException>(IsAway).Handle<TimeoutRejectedException>(),
                OnOpened = circuit.Opened,
                OnHalfOpened = circuit.HalfOpened,
                OnClosed = circuit.Closed,
            })
            .AddTimeout(limits.TryTimeout)
            .Build();
    }

    /// <summary>Whether the status says that the peer, or the way to it, is away.</summary>
    public static bool IsAway(RpcException e) => e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded;

    private static ResiliencePipelineBuilder Builder(TimeProvider time) => new() { TimeProvider = time };

    private static RetryStrategyOptions Retry() => new()
    {
        MaxRetryAttempts = 4,
        BackoffType = DelayBackoffType.Exponential,
        Delay = TimeSpan.FromMilliseconds(100),
        MaxDelay = TimeSpan.FromSeconds(1),
        UseJitter = true,
        ShouldHandle = new PredicateBuilder().Handle<RpcException>(IsAway).Handle<TimeoutRejectedException>(),
    };
}
