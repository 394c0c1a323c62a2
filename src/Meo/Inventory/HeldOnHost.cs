using System.Collections.Immutable;
using Mano.Meo.Placement;

namespace Mano.Meo.Inventory;

/// <summary>What is held on one host, and by whom. A change makes another.</summary>
internal sealed record HeldOnHost(
    ResourceAmount Held,
    ImmutableHashSet<string> Instances,
    ImmutableDictionary<string, int> Groups,
    ImmutableDictionary<string, int> Packages,
    ImmutableSortedDictionary<string, int> Devices)
{
    public static HeldOnHost Nothing { get; } = new(default, [], ImmutableDictionary<string, int>.Empty, ImmutableDictionary<string, int>.Empty, Placement.Devices.None);

    /// <summary>What is held on this host.</summary>
    public static HeldOnHost Of(HostModel host) => new(host.Held, host.Instances, host.Groups, host.Packages, host.HeldDevices);

    /// <summary>With a hold more (1) or less (-1).</summary>
    /// <param name="hold">Of this host.</param>
    /// <param name="sign">1 or -1.</param>
    /// <param name="isHere">Whether its instance has a hold here then.</param>
    public HeldOnHost With(CapacityHold hold, int sign, bool isHere) => new(
        sign > 0 ? Held + hold.Amount : Held - hold.Amount,
        isHere ? Instances.Add(hold.AppInstanceId) : Instances.Remove(hold.AppInstanceId),
        hold.Groups.Length == 0 ? Groups : hold.Groups.Split(',').Aggregate(Groups, (groups, name) => Counted(groups, name, sign)),
        hold.AppPkgId.Length == 0 ? Packages : Counted(Packages, hold.AppPkgId, sign),
        hold.Devices.Length == 0 ? Devices : Devices.With(Placement.Devices.Read(hold.Devices), sign));

    /// <summary>The host with this on it.</summary>
    public HostModel On(HostModel host) => host with
    {
        Held = Held, Instances = Instances, Groups = Groups, Packages = Packages, HeldDevices = Devices,
    };

    private static ImmutableDictionary<string, int> Counted(ImmutableDictionary<string, int> counts, string name, int more)
    {
        var count = counts.GetValueOrDefault(name) + more;
        return count > 0 ? counts.SetItem(name, count) : counts.Remove(name);
    }
}
