using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Scorers;

/// <summary>The part of a host that is left free, and what it can be at most and at least in a group of hosts.</summary>
internal static class FreePart
{
    // Where the bound takes another way than the score, roundings may differ by a few units in the last place.
    private const double Slack = 1e-12;

    /// <summary>0 to 1; 1 when there is none of it.</summary>
    public static double Of(long left, long total) => total <= 0 ? 1 : Math.Clamp(left / (double)total, 0, 1);

    /// <summary>The scarcest resource's part: 0 to 1. What a host has none of is not scarce.</summary>
    public static double Scarcest(ResourceAmount left, ResourceAmount total) =>
        Math.Min(Of(left.MilliCpu, total.MilliCpu), Math.Min(Of(left.MemoryMib, total.MemoryMib), Of(left.DiskGib, total.DiskGib)));

    /// <summary>At most the scarcest part after placing, of every host: the least of three bounds.</summary>
    public static double Most(ResourceAmount needed, HostGroup group)
    {
        var most = Scarcest(group.MaxFree - needed, group.MinTotal);
        if (needed.MilliCpu < 0 || needed.MemoryMib < 0 || needed.DiskGib < 0)
        {
            return most;
        }

        most = Math.Min(most, group.MaxScarcest);
        return group.MinTotal == group.MaxTotal ? most : Math.Min(most, Math.Min(
            Less(group.MaxPart.Cpu, needed.MilliCpu, group.MinTotal.MilliCpu, group.MaxTotal.MilliCpu),
            Math.Min(
                Less(group.MaxPart.Memory, needed.MemoryMib, group.MinTotal.MemoryMib, group.MaxTotal.MemoryMib),
                Less(group.MaxPart.Disk, needed.DiskGib, group.MinTotal.DiskGib, group.MaxTotal.DiskGib))));
    }

    /// <summary>At least what the scarcest part is after placing, of every host.</summary>
    public static double Least(ResourceAmount needed, HostGroup group) => Scarcest(group.MinFree - needed, group.MaxTotal);

    /// <summary>Of hosts of different sizes: the largest part that is free now, less what the largest host loses.</summary>
    private static double Less(double part, long needed, long minTotal, long maxTotal) =>
        minTotal <= 0 ? 1 : Math.Clamp(part - (needed / (double)maxTotal) + Slack, 0, 1);
}
