using Grpc.Core;
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
    /// The same towards one site, with a circuit breaker, so that a site that is away costs its callers nothing but a
    /// clear UNAVAILABLE: it opens when half of at least eight calls in ten seconds failed, for five seconds.
    /// </summary>
    public static ResiliencePipeline Site(TimeProvider time, TimeSpan tryTimeout) => Builder(time)
        .AddRetry(Retry())
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 8,
            SamplingDuration = TimeSpan.FromSeconds(10),
            BreakDuration = TimeSpan.FromSeconds(5),
            ShouldHandle = new PredicateBuilder().Handle<RpcException>(IsAway).Handle<TimeoutRejectedException>(),
        })
        .AddTimeout(tryTimeout)
        .Build();

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
