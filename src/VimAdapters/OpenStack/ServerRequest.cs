using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What Nova is asked for. Pure.</summary>
internal static class ServerRequest
{
    private const long Gib = 1L << 30;

    public static CreateServerRequest Of(
        ServerRecord record, Mark mark, OpenStackOptions options, IReadOnlyList<string> portIds, string? groupId, IReadOnlyList<VolumeDetails> volumes) =>
        new(new()
        {
            Name = mark.Server(record.ComputeId),
            FlavorRef = record.FlavorId,
            ImageRef = options.BootFromVolume ? null : record.ImageId,
            Networks = [.. portIds.Select(p => new ServerPort(p))],
            Metadata = mark.Of(record),
            Tags = [mark.Tag],
            UserData = UserData.Of(record, options, volumes),
            AvailabilityZone = record.Spec.Zone.Length > 0 ? record.Spec.Zone : null,
            KeyName = options.KeyName.Length > 0 ? options.KeyName : null,
            ConfigDrive = options.ConfigDrive ? true : null,
            BlockDevices = Devices(record, options, volumes),
        })
        {
            Hints = groupId is null ? null : new(groupId),
        };

    private static IReadOnlyList<BlockDevice>? Devices(ServerRecord record, OpenStackOptions options, IReadOnlyList<VolumeDetails> volumes)
    {
        if (!options.BootFromVolume && volumes.Count == 0)
        {
            return null;
        }

        var boot = options.BootFromVolume
            ? new BlockDevice
            {
                Uuid = record.ImageId,
                SourceType = "image",
                BootIndex = 0,
                VolumeSize = RootVolumeGib(record),
                DeleteOnTermination = true,
                VolumeType = options.VolumeType.Length > 0 ? options.VolumeType : null,
            }
            : new BlockDevice { Uuid = record.ImageId, SourceType = "image", DestinationType = "local", BootIndex = 0, DeleteOnTermination = true };
        return
        [
            boot,
            .. volumes.Select((v, place) => new BlockDevice { Uuid = v.Id, SourceType = "volume", BootIndex = -1, DeleteOnTermination = false, Tag = record.Spec.Volumes[place].Name }),
        ];
    }

    internal static long RootVolumeGib(ServerRecord record) =>
        Math.Max(Math.Max(1, Flavors.RootDiskOf(record.Spec)), Math.Max(record.ImageMinDiskGib, (record.ImageBytes + Gib - 1) / Gib));
}
