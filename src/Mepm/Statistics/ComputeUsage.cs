using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Loop;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Statistics;

/// <summary>
/// Asks the VIMs what the instances' computes use and shows the newest answers as metrics. What a VIM cannot tell is not
/// shown; nor is an instance whose VIM did not answer, because an old value would look like one that stands still.
/// </summary>
internal sealed class ComputeUsage : BackgroundService
{
    private const int AtOnce = 4;
    private const double NanosecondsASecond = 1e9;

    private readonly ConcurrentDictionary<string, (string HostId, ComputeStatistics Used)> newest = new(StringComparer.Ordinal);
    private readonly Meter meter = new("Mano.Mepm");
    private readonly InstanceBook book;
    private readonly MecHosts hosts;
    private readonly StatisticsOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger logger;

    public ComputeUsage(InstanceBook book, MecHosts hosts, StatisticsOptions options, TimeProvider clock, ILogger<ComputeUsage> logger)
    {
        (this.book, this.hosts, this.options, this.clock, this.logger) = (book, hosts, options, clock, logger);
        meter.CreateObservableCounter("mano_mepm_compute_cpu_seconds_total",
            () => Told(u => u.CpuNanoseconds / NanosecondsASecond), description: "CPU time of an instance's compute since it was last started.");
        meter.CreateObservableGauge("mano_mepm_compute_memory_bytes",
            () => Told(u => (double?)u.MemoryBytes), description: "Memory that an instance's compute uses, without file cache.");
        meter.CreateObservableCounter("mano_mepm_compute_received_bytes_total",
            () => Told(u => (double?)u.NetworkReceivedBytes), description: "Bytes that an instance's compute received since it was last started.");
        meter.CreateObservableCounter("mano_mepm_compute_sent_bytes_total",
            () => Told(u => (double?)u.NetworkSentBytes), description: "Bytes that an instance's compute sent since it was last started.");
    }

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
#pragma warning disable CA1031 // what is used is told again at the next look; nothing else depends on it
            catch (Exception e) when (e is not OperationCanceledException)
            {
                UsageLog.Failed(logger, options.Interval, e);
            }
            catch (OperationCanceledException)
            {
                // The process stops.
            }
#pragma warning restore CA1031

            await Task.Delay(options.Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks about every instance once.</summary>
    internal async Task LookAsync(CancellationToken cancel)
    {
        var views = book.All().Select(v => v.Record).ToArray();
        foreach (var gone in newest.Keys.Except(views.Select(r => r.AppInstanceId)))
        {
            newest.TryRemove(gone, out _);
        }

        await Parallel.ForEachAsync(views, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (record, stop) =>
        {
            if (hosts.Find(record.Desired.HostId) is { } host && await AskAsync(host, record.AppInstanceId, stop) is { } used)
            {
                newest[record.AppInstanceId] = (host.HostId, used);
            }
            else
            {
                newest.TryRemove(record.AppInstanceId, out _);
            }
        });
    }

    private async Task<ComputeStatistics?> AskAsync(MecHost host, string computeId, CancellationToken cancel)
    {
        if (!host.VimLink.IsUp || !(host.Capabilities?.Has(VimCapability.Statistics) ?? false))
        {
            return null;
        }

        try
        {
            return await CallLimit.Bounded(options.Interval, clock, stop => host.Vim.ReadStatisticsAsync(computeId, stop), cancel);
        }
        catch (FailureException)
        {
            // It is not there yet or any more, or the VIM is away: the site's loop sees that and says so.
            return null;
        }
    }

    private IEnumerable<Measurement<double>> Told(Func<ComputeStatistics, double?> what)
    {
        foreach (var (instance, (hostId, used)) in newest)
        {
            if (what(used) is { } value)
            {
                yield return new(value, new KeyValuePair<string, object?>("app_instance_id", instance), new KeyValuePair<string, object?>("host", hostId));
            }
        }
    }
}

internal static partial class UsageLog
{
    [LoggerMessage(4401, LogLevel.Warning, "Asking what the computes use failed; it is asked again in {Interval}")]
    public static partial void Failed(ILogger logger, TimeSpan interval, Exception exception);
}
