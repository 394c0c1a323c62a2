using System.Globalization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What the labels of a container say about a compute of which nothing else is known. Pure.</summary>
internal static class AdoptedRecord
{
    /// <summary>The record; null where the labels are not what we write.</summary>
    public static ContainerRecord? Read(IReadOnlyDictionary<string, string> labels, bool isLive)
    {
        var parts = labels.GetValueOrDefault(Mark.Resources, "").Split('/').Select(p => long.TryParse(p, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        if (!long.TryParse(labels.GetValueOrDefault(Mark.Operation), CultureInfo.InvariantCulture, out var operation)
            || !long.TryParse(labels.GetValueOrDefault(Mark.Life), CultureInfo.InvariantCulture, out var ticks) || ticks <= 0 || ticks > DateTimeOffset.MaxValue.UtcTicks
            || parts.Length != 3 || parts.Contains(-1)
            || !labels.TryGetValue(Mark.Address, out var address) || !labels.TryGetValue(Mark.SpecDigest, out var digest) || !labels.TryGetValue(Mark.Image, out var image))
        {
            return null;
        }

        return new()
        {
            ComputeId = labels[Mark.Compute],
            Spec = new()
            {
                Name = labels[Mark.Compute],
                Images = [new(image, ImageFormat.ContainerArchive)],
                Resources = new(parts[0], parts[1], parts[2]),
                Labels = new(labels.GetValueOrDefault(Mark.Tenant, ""), labels.GetValueOrDefault(Mark.AppInstance, "")),
                RestartPolicy = RestartPolicy.Never,
            },
            SpecDigest = digest,
            IsAdopted = true,
            Fence = new(operation),
            CreatedAt = new(ticks, TimeSpan.Zero),
            Address = address,
            Desired = isLive ? PowerState.Started : PowerState.Stopped,
        };
    }
}
