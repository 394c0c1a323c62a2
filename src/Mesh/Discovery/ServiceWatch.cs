using Mano.Mesh.Discovery.Consul;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mesh.Discovery;

/// <summary>Follows one service in Consul's catalogue by blocking queries. While Consul is away the last answer stands.</summary>
public sealed class ServiceWatch : BackgroundService
{
    private readonly ConsulClient consul;
    private readonly DiscoveryOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private volatile ServiceSnapshot current = ServiceSnapshot.None;
    private bool? isFollowing;
    private bool toldOfFilter;

    internal ServiceWatch(string service, ConsulClient consul, DiscoveryOptions options, TimeProvider clock, ILogger<ServiceWatch> logger)
    {
        Service = service;
        (this.consul, this.options, this.clock, this.logger) = (consul, options, clock, logger);
    }

    /// <summary>After every answer, and when answers stop coming. Handlers must be quick and must not throw.</summary>
    public event Action<ServiceSnapshot>? Changed;

    public string Service { get; }

    public ServiceSnapshot Current => current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var backoff = new Backoff(options.LongestPause);
        var index = 0UL;
        while (!stoppingToken.IsCancellationRequested)
        {
            var asked = clock.GetTimestamp();
            TimeSpan pause;
            try
            {
                index = Take(await consul.Instances(Service, index, stoppingToken), index);
                backoff.Reset();
                pause = options.LeastPause - clock.GetElapsedTime(asked);
            }
            catch (FailureException e)
            {
                // Whoever answers next may have begun to count anew.
                index = 0;
                Lost(e.Failure);
                pause = backoff.Next();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // a bug here must not blind this process for good; it is logged as an error
            catch (Exception e)
#pragma warning restore CA1031
            {
                index = 0;
                logger.Bug(e, $"following {Service}");
                pause = backoff.Next();
            }

            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Says which index to ask with next: one that went backwards means that the agent counts anew, and is not used.</summary>
    private ulong Take(CatalogueAnswer answer, ulong asked)
    {
        if (isFollowing != true)
        {
            logger.Following(Service, answer.Instances.Length);
        }

        if (answer.WasFiltered && !toldOfFilter)
        {
            logger.Filtered(Service);
        }

        (isFollowing, toldOfFilter) = (true, answer.WasFiltered);
        var isAnew = answer.Index < asked;
        Publish(new(answer.Instances, true, current.Reading + 1, current.Outages + (isAnew ? 1 : 0)));
        return isAnew ? 0 : answer.Index;
    }

    private void Lost(Failure failure)
    {
        if (isFollowing != false)
        {
            logger.NotFollowing(Service, failure.Message);
        }

        isFollowing = false;
        if (current.IsCurrent)
        {
            Publish(current with { IsCurrent = false, Outages = current.Outages + 1 });
        }
    }

    private void Publish(ServiceSnapshot snapshot)
    {
        current = snapshot;
        Changed?.Invoke(snapshot);
    }
}
