using Mano.Mesh.Discovery.Consul;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Discovery;

/// <summary>
/// Keeps this process in Consul's catalogue: registers when it listens, looks again and again whether the agent still
/// knows it as it is (an agent that was made anew does not, and a host may have come), and takes itself out at a clean stop. A process that is killed stays,
/// and turns critical. While Consul is away nothing else stops.
/// </summary>
internal sealed class ServiceRegistration(
    ConsulClient consul, Func<ServiceDescription> describe, ServiceCheck check, DiscoveryOptions options, ILogger<ServiceRegistration> logger, TimeProvider clock)
    : IHostedLifecycleService, IAsyncDisposable
{
    private static readonly TimeSpan PatienceAtStop = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource stop = new();
    private readonly Backoff backoff = new(options.LongestPause);
    private Task work = Task.CompletedTask;
    private ServiceDescription? service;
    private bool? isRegistered;

    /// <summary>After the server listens: only then is our own address known.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        service = describe();
        work = Task.Run(Work, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Before the server stops: nobody is to look for us any more when we answer no more.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await Halt();
        if (service is not { Id: var id })
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(PatienceAtStop);
        try
        {
            await consul.DeregisterIfAny(id, patience.Token);
            logger.Deregistered(id);
        }
        catch (FailureException e)
        {
            logger.NotDeregistered(id, e.Failure.Message);
        }
        catch (OperationCanceledException)
        {
            logger.NotDeregistered(id, "the agent took too long.");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await Halt();
        stop.Dispose();
    }

    private async Task Halt()
    {
        await stop.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Work()
    {
        while (!stop.IsCancellationRequested)
        {
            var pause = await Step(service!);
            await Task.Delay(pause, clock, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks, and mends what is not as it should be. Says when to look again.</summary>
    private async Task<TimeSpan> Step(ServiceDescription own)
    {
        try
        {
            // A host may have come; who it is, and which life this is, stays.
            await Ensure(own with { Tags = describe().Tags });
            backoff.Reset();
            return check.IsTtl ? options.CheckInterval : options.VerifyEvery;
        }
        catch (FailureException e)
        {
            if (isRegistered != false)
            {
                logger.NotRegistered(own.Id, e.Failure.Message);
            }

            isRegistered = false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
#pragma warning disable CA1031 // a bug here must not take the process out of the catalogue for good; it is logged as an error
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.Bug(e, "the registration");
        }

        return backoff.Next();
    }

    private async Task Ensure(ServiceDescription own)
    {
        var known = await consul.FindOwn(own.Id, stop.Token);
        if (known is null || !own.Is(known))
        {
            if (isRegistered == true && known is null)
            {
                logger.Forgotten(own.Id);
            }

            await consul.Register(check.Registration(own, options), stop.Token);
            isRegistered = false;
        }

        if (check.IsTtl)
        {
            await consul.Renew(ServiceCheck.IdOf(own), await check.Trouble(stop.Token), stop.Token);
        }

        if (isRegistered != true)
        {
            logger.Registered(own.Id, own.Address.ToString().TrimEnd('/'), check.ToString());
        }

        isRegistered = true;
    }
}
