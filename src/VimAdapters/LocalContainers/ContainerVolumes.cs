using System.Globalization;
using Mano.Mesh.Failures;
using Mano.VimAdapters.LocalContainers.Engine;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>
/// The computes' storage: volumes of the engine with names and labels of ours, never folders of the machine. They outlive
/// containers, also such as somebody removed by hand, and go when their compute is deleted.
/// </summary>
internal sealed class ContainerVolumes(EngineLink link, ContainerTable table, ILogger logger)
{
    private readonly HashSet<string> unclaimed = new(StringComparer.Ordinal);

    /// <summary>
    /// Sees to it that the volumes of a record are there. One that a delete should have taken with it is taken now; one of
    /// which only the record was lost is used again. The caller holds the key.
    /// </summary>
    public async Task EnsureAsync(ContainerRecord record)
    {
        for (var place = 0; place < record.Spec.Volumes.Count; place++)
        {
            var wanted = Request(record, place);
            var there = await link.Engine.EnsureVolumeAsync(wanted, CancellationToken.None);
            if (IsOf(record, there) && IsSealed(record.ComputeId, there))
            {
                await link.Engine.RemoveVolumeIfAnyAsync(there.Name, CancellationToken.None);
                there = await link.Engine.EnsureVolumeAsync(wanted, CancellationToken.None);
            }

            if (!IsOf(record, there))
            {
                throw new FailureException(new(FailureKind.IllegalState, "VIM_NAME_TAKEN",
                    $"The engine has a volume {there.Name} that is not this compute's; it is left alone, and the compute cannot be made until it is gone.", $"compute/{record.ComputeId}"));
            }
        }
    }

    /// <summary>Removes what it can of a compute's volumes and says how many are left. The caller holds the key.</summary>
    public async Task<(int Left, string Why)> RemoveAsync(string computeId, CancellationToken cancellationToken)
    {
        var (left, why) = (0, "");
        foreach (var volume in await link.Engine.VolumesAsync([link.Mark.OwnerLabel, Mark.ComputeLabel(computeId)], cancellationToken))
        {
            try
            {
                await link.Engine.RemoveVolumeIfAnyAsync(volume.Name, cancellationToken);
            }
            catch (EngineRefusedException e)
            {
                (left, why) = (left + 1, e.Message);
            }
        }

        return (left, why);
    }

    /// <summary>The computes that our volumes name.</summary>
    public async Task<IEnumerable<string>> OwnersAsync(CancellationToken cancellationToken) =>
        (await link.Engine.VolumesAsync([link.Mark.OwnerLabel], cancellationToken)).Select(v => v.Labels?.GetValueOrDefault(Mark.Compute) ?? "").Distinct();

    /// <summary>
    /// Volumes of a compute that neither record nor container knows: they came after their delete, then they go; or our folder
    /// was lost, then they are kept, because the data in them may be all that is left of it. The caller holds the key.
    /// </summary>
    public async Task SweepAsync(string computeId, CancellationToken cancellationToken)
    {
        foreach (var volume in await link.Engine.VolumesAsync([link.Mark.OwnerLabel, Mark.ComputeLabel(computeId)], cancellationToken))
        {
            if (IsSealed(computeId, volume))
            {
                Log.RemovedStray(logger, computeId);
                await link.Engine.RemoveVolumeIfAnyAsync(volume.Name, cancellationToken);
            }
            else if (Add(volume.Name))
            {
                Log.VolumeUnclaimed(logger, volume.Name, computeId);
            }
        }
    }

    private CreateVolume Request(ContainerRecord record, int place)
    {
        var volume = record.Spec.Volumes[place];
        return new(link.Mark.VolumeName(record.ComputeId, place), new Dictionary<string, string>
        {
            [Mark.Vim] = link.Mark.Owner,
            [Mark.Compute] = record.ComputeId,
            [Mark.Tenant] = record.Spec.Labels.Tenant,
            [Mark.AppInstance] = record.Spec.Labels.AppInstanceId,
            [Mark.Operation] = record.Fence.Last.ToString(CultureInfo.InvariantCulture),
            [Mark.Volume] = volume.Name,
            [Mark.VolumeGib] = volume.SizeGib.ToString(CultureInfo.InvariantCulture),
        });
    }

    private bool IsOf(ContainerRecord record, VolumeDetails volume) =>
        volume.Labels is { } labels && labels.GetValueOrDefault(Mark.Vim) == link.Mark.Owner
        && labels.GetValueOrDefault(Mark.Compute) == record.ComputeId && labels.GetValueOrDefault(Mark.Tenant) == record.Spec.Labels.Tenant;

    /// <summary>Whether it was made by an operation that a delete has sealed.</summary>
    private bool IsSealed(string computeId, VolumeDetails volume) =>
        long.TryParse(volume.Labels?.GetValueOrDefault(Mark.Operation), CultureInfo.InvariantCulture, out var operation)
        && operation <= table.FenceOf(computeId).Sealed;

    private bool Add(string name)
    {
        lock (unclaimed)
        {
            return unclaimed.Add(name);
        }
    }
}
