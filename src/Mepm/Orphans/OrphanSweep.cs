using System.Diagnostics.Metrics;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Orphans;

/// <summary>
/// Finds computes of ours that no instance wants. One whose instance was removed here is deleted; one of which this
/// site knows nothing is reported and left: its record may have been lost, and the MEO will send it again.
/// </summary>
internal sealed class OrphanSweep : IDisposable
{
    private readonly InstanceBook book;
    private readonly ILogger<OrphanSweep> logger;
    private readonly Meter meter = new("Mano.Mepm");
    private readonly Gauge<long> found;

    public OrphanSweep(InstanceBook book, ILogger<OrphanSweep> logger)
    {
        this.book = book;
        this.logger = logger;
        found = meter.CreateGauge<long>("mano_mepm_orphans", description: "Computes at a VIM that no instance of this site wants, at the last look.");
    }

    public async Task Sweep(MecHost host, IReadOnlyList<Compute> computes, CancellationToken cancel)
    {
        var left = 0;
        foreach (var compute in computes)
        {
            if (book.Find(compute.ComputeId) is { } view && view.Record.Desired.HostId == host.HostId)
            {
                continue;
            }

            left += await TakeAway(host, compute, cancel) ? 0 : 1;
        }

        found.Record(left, new KeyValuePair<string, object?>("host", host.HostId));
    }

    public void Dispose() => meter.Dispose();

    private async Task<bool> TakeAway(MecHost host, Compute compute, CancellationToken cancel)
    {
        var goneAt = await book.GoneAt(compute.ComputeId, compute.Spec.Labels.Tenant, cancel);
        var made = OperationNumbers.GenerationOf(compute.OperationNumber);
        if (goneAt == 0 || made > goneAt || compute.Spec.Labels.AppInstanceId != compute.ComputeId)
        {
            Log.Orphan(logger, compute.ComputeId, host.HostId, made);
            return false;
        }

        try
        {
            var number = Math.Max(OperationNumbers.Of(goneAt, 0), compute.OperationNumber);
            await host.Vim.DeleteComputeIfAnyAsync(compute.ComputeId, number, cancel);
            Log.Deleted(logger, compute.ComputeId, host.HostId, goneAt);
            return true;
        }
        catch (FailureException e)
        {
            Log.NotDeleted(logger, compute.ComputeId, host.HostId, e.Failure.ToString());
            return false;
        }
    }
}

internal static partial class Log
{
    [LoggerMessage(4200, LogLevel.Warning, "Compute {ComputeId} on host {HostId}, made in generation {Generation}, belongs to no instance of this site; it is left alone.")]
    public static partial void Orphan(ILogger logger, string computeId, string hostId, long generation);

    [LoggerMessage(4201, LogLevel.Information, "Compute {ComputeId} on host {HostId} outlived its instance, removed in generation {Generation}; it is deleted.")]
    public static partial void Deleted(ILogger logger, string computeId, string hostId, long generation);

    [LoggerMessage(4202, LogLevel.Warning, "Compute {ComputeId} on host {HostId} outlived its instance and could not be deleted: {Failure}")]
    public static partial void NotDeleted(ILogger logger, string computeId, string hostId, string failure);
}
