using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Microsoft.Extensions.Logging;

namespace Mano.VimAdapters.OpenStack.Cinder;

/// <summary>
/// The computes' storage: volumes of Cinder under a name that can be looked for, attached when the server is made, and deleted when it
/// is gone. Callers hold the compute's key.
/// </summary>
internal sealed class ServerVolumes(CinderClient cinder, Mark mark, OpenStackOptions options, ILogger logger)
{
    /// <summary>The volumes in order, when all of them can be attached; null: they are still being made.</summary>
    public async Task<IReadOnlyList<VolumeDetails>?> EnsureAsync(ServerRecord record)
    {
        if (record.Spec.Volumes.Count == 0)
        {
            return [];
        }

        var there = (await cinder.ListAsync(CancellationToken.None)).Where(v => IsOf(v, record.ComputeId)).ToArray();
        var volumes = new List<VolumeDetails>();
        for (var place = 0; place < record.Spec.Volumes.Count; place++)
        {
            var name = mark.Volume(record.ComputeId, place);
            var same = there.Where(v => v.Name == name && v.Status is not ("deleting" or "error_deleting")).OrderBy(v => v.Id, StringComparer.Ordinal).ToArray();
            foreach (var twin in same.Skip(1).Where(v => v.Status == "available"))
            {
                Log.RemovedLeftover(logger, "Volume", name, twin.Id);
                await cinder.DeleteAsync(twin.Id, CancellationToken.None);
            }

            volumes.Add(same.Length > 0 ? same[0] : await cinder.CreateAsync(Request(record, name, place), CancellationToken.None));
        }

        return volumes.FirstOrDefault(v => v.Status == "error") is { } broken
            ? throw VimFailures.NoRoom($"compute/{record.ComputeId}", $"Cinder could not make volume {broken.Name} of {broken.Size} GiB (it says error); its operator finds it by id {broken.Id}.").ToException()
            : volumes.TrueForAll(v => v.Status is "available" or "reserved" or "in-use") ? volumes : null;
    }

    /// <summary>Deletes what it can of a compute's volumes and says how many are left. Its servers are gone.</summary>
    public async Task<(int Left, string Why)> RemoveAsync(string computeId, CancellationToken cancellationToken)
    {
        var (left, why) = (0, "");
        foreach (var volume in (await cinder.ListAsync(cancellationToken)).Where(v => IsOf(v, computeId)))
        {
            left++;
            why = $"Cinder says {volume.Status}";
            if (volume.Status is not "deleting")
            {
                try
                {
                    await cinder.DeleteAsync(volume.Id, cancellationToken);
                }
                catch (OpenStackRefusedException e) when (e.Status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict)
                {
                    why = e.Message;
                }
            }
        }

        return (left, why);
    }

    /// <summary>Removes what is ours and of no compute that is known.</summary>
    public async Task SweepAsync(Func<string, bool> isKnown, CancellationToken cancellationToken)
    {
        foreach (var owner in (await cinder.ListAsync(cancellationToken)).Where(v => v.Metadata.GetValueOrDefault(Mark.Site) == mark.SiteName)
            .Select(v => v.Metadata.GetValueOrDefault(Mark.Compute, "")).Where(o => o.Length > 0 && !isKnown(o)).Distinct().ToArray())
        {
            Log.RemovedLeftover(logger, "Volumes of", owner, "");
            await RemoveAsync(owner, cancellationToken);
        }
    }

    private bool IsOf(VolumeDetails volume, string computeId) =>
        volume.Metadata.GetValueOrDefault(Mark.Site) == mark.SiteName && volume.Metadata.GetValueOrDefault(Mark.Compute) == computeId;

    private CreateVolume Request(ServerRecord record, string name, int place) => new()
    {
        Name = name,
        Size = Math.Max(1, record.Spec.Volumes[place].SizeGib),
        VolumeType = options.VolumeType.Length > 0 ? options.VolumeType : null,
        Metadata = new Dictionary<string, string>
        {
            [Mark.Site] = mark.SiteName,
            [Mark.Compute] = record.ComputeId,
            [Mark.Tenant] = record.Spec.Labels.Tenant,
            [Mark.AppInstance] = record.Spec.Labels.AppInstanceId,
            ["mano:volume"] = record.Spec.Volumes[place].Name,
        },
    };
}
