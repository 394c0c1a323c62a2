using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Mesh.Resilience;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Sites;

/// <summary>
/// The connection to one site's MEPM: its calls through the site's pipeline, and its watch stream, opened again and
/// listed again whenever it is lost. Lives until the site's address changes or the MEO stops.
/// </summary>
internal sealed class SiteLink : IAsyncDisposable
{
    private static readonly SiteLimits Limits = new(TryTimeout: TimeSpan.FromSeconds(5));
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly string siteId;
    private readonly Wire.SiteService.SiteServiceClient client;
    private readonly Polly.ResiliencePipeline pipeline;
    private readonly SiteMirror mirror;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim hurry = new(0, 1);
    private readonly Task watching;

    public SiteLink(string siteId, CallInvoker invoker, SiteMirror mirror, TimeProvider clock, ILogger logger)
    {
        (this.siteId, this.mirror, this.clock, this.logger) = (siteId, mirror, clock, logger);
        client = new(invoker);
        pipeline = MeshPipelines.Site(siteId, Limits, clock, logger);
        watching = Task.Run(KeepWatching);
    }

    public async Task<Outcome<SiteInstance>> Ensure(DesiredApp desired, CancellationToken cancel)
    {
        var request = new Wire.EnsureAppInstanceRequest { Desired = DesiredAppWire.ToWire(desired) };
        var answer = await Call(token => client.EnsureAppInstanceAsync(request, cancellationToken: token), cancel);
        return answer.Then<SiteInstance>(response => SiteInstanceWire.ToModel(response.AppInstance));
    }

    public async Task<Outcome<bool>> RemoveIfAny(string appInstanceId, long generation, TimeSpan graceful, CancellationToken cancel)
    {
        var request = new Wire.RemoveAppInstanceIfAnyRequest { AppInstanceId = appInstanceId, Generation = generation };
        if (graceful > TimeSpan.Zero)
        {
            request.GracefulTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(graceful);
        }

        var answer = await Call(token => client.RemoveAppInstanceIfAnyAsync(request, cancellationToken: token), cancel);
        return answer.Then<bool>(response => response.Gone);
    }

    /// <summary>The instance as the site has it now, or null.</summary>
    public async Task<Outcome<SiteInstance?>> Ask(string appInstanceId, CancellationToken cancel)
    {
        var answer = await Call(token => client.GetAppInstanceAsync(new() { AppInstanceId = appInstanceId }, cancellationToken: token), cancel);
        return answer.TryGet(out var response, out var failure) ? Outcome<SiteInstance?>.Of(SiteInstanceWire.ToModel(response.AppInstance))
            : failure.Kind == FailureKind.NotFound ? Outcome<SiteInstance?>.Of(null)
            : failure;
    }

    /// <summary>The site was heard from: if the stream waits to be opened again, it need not wait longer.</summary>
    public void Hurry()
    {
        if (hurry.CurrentCount == 0)
        {
            try
            {
                hurry.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else was faster.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
        hurry.Dispose();
    }

    private async Task<Outcome<T>> Call<T>(Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancel)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                static async (call, token) =>
                {
                    using var started = call(token);
                    return await started.ResponseAsync;
                },
                call,
                cancel);
        }
        catch (RpcException e)
        {
            return Failed(e);
        }
        catch (Exception e) when (e is BrokenCircuitException or TimeoutRejectedException or BulkheadFullException)
        {
            return Away(e.Message);
        }
    }

    private Failure Failed(RpcException e) => e.StatusCode switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled => Away(e.Status.Detail),
        StatusCode.Aborted => new(
            FailureKind.Conflict, "GENERATION_SUPERSEDED", $"Site {siteId} was told something newer: {e.Status.Detail}", "site/" + siteId),
        _ => e.ToFailure(),
    };

    private Failure Away(string why) =>
        Failure.Unavailable("SITE_UNREACHABLE", $"The MEPM of site {siteId} cannot be reached: {why}", "site/" + siteId);

    private async Task KeepWatching()
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await Watch())
                {
                    pause = FirstPause;
                }
            }
            catch (Exception e) when (e is RpcException or IOException or HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
            {
                logger.WatchLost(siteId, e.Message);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                mirror.Lost();
            }

            pause = await Rest(pause);
        }
    }

    /// <summary>Reads the stream to its end; says whether it got as far as a complete snapshot.</summary>
    private async Task<bool> Watch()
    {
        var synced = false;
        using var call = client.WatchAppInstances(new Wire.WatchAppInstancesRequest(), cancellationToken: stop.Token);
        mirror.BeginSnapshot();
        try
        {
            while (await call.ResponseStream.MoveNext(stop.Token))
            {
                synced |= Apply(call.ResponseStream.Current);
            }
        }
        catch (RpcException e) when (synced && !stop.IsCancellationRequested)
        {
            logger.WatchLost(siteId, e.Status.Detail);
        }

        return synced;
    }

    private bool Apply(Wire.WatchAppInstancesResponse happened)
    {
        switch (happened.EventCase)
        {
            case Wire.WatchAppInstancesResponse.EventOneofCase.Changed:
                mirror.Changed(SiteInstanceWire.ToModel(happened.Changed));
                return false;
            case Wire.WatchAppInstancesResponse.EventOneofCase.Gone:
                mirror.Gone(happened.Gone.AppInstanceId);
                return false;
            case Wire.WatchAppInstancesResponse.EventOneofCase.Synced:
                mirror.EndSnapshot();
                logger.Synced(siteId);
                return true;
            default:
                return false;
        }
    }

    private async Task<TimeSpan> Rest(TimeSpan pause)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var waits = Task.Delay(pause, clock, either.Token);
            await Task.WhenAny(waits, hurry.WaitAsync(either.Token));
            await either.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The link is being closed.
        }

        return pause * 2 < LongestPause ? pause * 2 : LongestPause;
    }
}
