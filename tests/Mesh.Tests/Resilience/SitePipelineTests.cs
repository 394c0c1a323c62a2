using System.Diagnostics.Metrics;
using Grpc.Core;
using Mano.Mesh.Resilience;
using Mano.Testing;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Mano.Mesh.Tests.Resilience;

/// <summary>What stands between a MEO and one of its sites.</summary>
public sealed class SitePipelineTests
{
    private static readonly SiteLimits Limits = new(TryTimeout: TimeSpan.FromSeconds(5), Calls: 2, Waiting: 3);

    private readonly ManualClock clock = new();
    private readonly HeardLog log = new();

    [Fact]
    public async Task A_try_that_found_the_site_away_is_made_again()
    {
        var tries = 0;
        var call = Pipeline("edge-a").ExecuteAsync(_ => ++tries < 3 ? throw Away() : ValueTask.FromResult(tries)).AsTask();
        await Advance(call);
        Assert.Equal(3, await call);
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        var tries = 0;
        await Assert.ThrowsAsync<RpcException>(async () => await Pipeline("edge-a").ExecuteAsync(_ =>
        {
            tries++;
            throw new RpcException(new Status(StatusCode.NotFound, "no host"));
        }));
        Assert.Equal(1, tries);
    }

    [Fact]
    public async Task A_circuit_that_opens_and_closes_is_said_and_counted()
    {
        using var counted = new Counted();
        var site = "site-" + nameof(A_circuit_that_opens_and_closes_is_said_and_counted);
        var pipeline = Pipeline(site);
        var isAway = true;
        for (var i = 0; i < 2; i++)
        {
            var call = pipeline.ExecuteAsync(_ => isAway ? throw Away() : ValueTask.FromResult(0)).AsTask();
            await Advance(call);
            await Assert.ThrowsAnyAsync<Exception>(() => call);
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await pipeline.ExecuteAsync(_ => ValueTask.FromResult(0)));
        Assert.Contains(log.Lines, l => l.StartsWith($"Warning Site {site}: circuit open", StringComparison.Ordinal));

        isAway = false;
        clock.Advance(TimeSpan.FromSeconds(6));
        await pipeline.ExecuteAsync(_ => ValueTask.FromResult(0));
        Assert.Contains(log.Lines, l => l.StartsWith($"Information Site {site}: circuit closed", StringComparison.Ordinal));
        Assert.Equal(["open", "half-open", "closed"], counted.Of(site));
    }

    [Fact]
    public async Task A_hanging_site_takes_its_own_places_and_no_others()
    {
        var slow = Pipeline("edge-slow");
        var hanging = new TaskCompletionSource<int>();
        var calls = Enumerable.Range(0, 6).Select(_ => slow.ExecuteAsync(async token => await hanging.Task.WaitAsync(token)).AsTask()).ToList();

        // Two are under way, three wait, the sixth is refused at once; another site's calls go through.
        var refused = await Assert.ThrowsAsync<BulkheadFullException>(() => calls[5].Soon());
        Assert.Contains("edge-slow", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Pipeline("edge-b").ExecuteAsync(_ => ValueTask.FromResult(1)).AsTask().Soon());
        Assert.All(calls.Take(5), c => Assert.False(c.IsCompleted));

        hanging.SetResult(7);
        Assert.All(await Task.WhenAll(calls.Take(5)).Soon(), answer => Assert.Equal(7, answer));
    }

    [Fact]
    public async Task Who_waits_for_a_place_can_give_up()
    {
        var slow = Pipeline("edge-slow");
        var hanging = new TaskCompletionSource<int>();
        var under = Enumerable.Range(0, 2).Select(_ => slow.ExecuteAsync(async token => await hanging.Task.WaitAsync(token)).AsTask()).ToList();
        using var giveUp = new CancellationTokenSource();
        var waiting = slow.ExecuteAsync(_ => ValueTask.FromResult(1), giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        hanging.SetResult(7);
        await Task.WhenAll(under).Soon();
    }

    private ResiliencePipeline Pipeline(string site) => MeshPipelines.Site(site, Limits, clock, log);

    private static RpcException Away() => new(new Status(StatusCode.Unavailable, "nobody there"));

    private async Task Advance(Task until) => await Eventually.Is(() =>
    {
        clock.AdvanceToNextTimer(TimeSpan.FromSeconds(1)); // the longest pause between tries; their own timers are for 5 s
        return until.IsCompleted;
    });

    private sealed class HeardLog : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel} {formatter(state, exception)}");
    }

    private sealed class Counted : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly List<(string Site, string State)> changes = [];

        public Counted()
        {
            listener.InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == "mano_site_circuit_changes")
                {
                    l.EnableMeasurementEvents(instrument);
                }
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) => changes.Add(((string)tags[0].Value!, (string)tags[1].Value!)));
            listener.Start();
        }

        public IEnumerable<string> Of(string site) => changes.Where(c => c.Site == site).Select(c => c.State);

        public void Dispose() => listener.Dispose();
    }
}
