using System.Globalization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What the marks of a server say about a compute of which nothing else is known. Pure.</summary>
internal static class AdoptedRecord
{
    /// <summary>The record; null where the marks are not what we write.</summary>
    public static ServerRecord? Read(ServerDetails server)
    {
        var marks = server.Metadata;
        var parts = marks.GetValueOrDefault(Mark.Resources, "").Split('/').Select(p => long.TryParse(p, CultureInfo.InvariantCulture, out var n) ? n : -1).ToArray();
        if (!long.TryParse(marks.GetValueOrDefault(Mark.Operation), CultureInfo.InvariantCulture, out var operation)
            || !long.TryParse(marks.GetValueOrDefault(Mark.Life), CultureInfo.InvariantCulture, out var ticks) || ticks <= 0 || ticks > DateTimeOffset.MaxValue.UtcTicks
            || parts.Length != 3 || parts.Contains(-1)
            || !Enum.TryParse<ImageFormat>(marks.GetValueOrDefault(Mark.ImageFormat), out var format)
            || !marks.TryGetValue(Mark.SpecDigest, out var digest) || !marks.TryGetValue(Mark.Image, out var image))
        {
            return null;
        }

        return new()
        {
            ComputeId = marks[Mark.Compute],
            Spec = new()
            {
                Name = marks[Mark.Compute],
                Images = [new(image, format)],
                Resources = new(parts[0], parts[1], parts[2]),
                Labels = new(marks.GetValueOrDefault(Mark.Tenant, ""), marks.GetValueOrDefault(Mark.AppInstance, "")),
                RestartPolicy = RestartPolicy.Never,
            },
            SpecDigest = digest,
            IsAdopted = true,
            Fence = new(operation),
            CreatedAt = new(ticks, TimeSpan.Zero),
            Address = marks.GetValueOrDefault(Mark.Address, ""),
            Desired = server.Status == "SHUTOFF" ? PowerState.Stopped : PowerState.Started,
            ServerId = server.Id,
            FlavorName = server.Flavor?.Name ?? "",
            FlavorSize = SizeOf(server.Flavor),
        };
    }

    public static VimResources SizeOf(ServerFlavor? flavor) => flavor is null ? default : new(flavor.Vcpus * 1000L, flavor.Ram, flavor.Disk);
}
