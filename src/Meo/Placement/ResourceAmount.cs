namespace Mano.Meo.Placement;

/// <summary>An amount of resources: what a request needs, a host has, or is held on it.</summary>
/// <param name="MilliCpu">Thousandths of a virtual CPU.</param>
/// <param name="MemoryMib">Memory in MiB.</param>
/// <param name="DiskGib">Disk in GiB.</param>
internal readonly record struct ResourceAmount(long MilliCpu, long MemoryMib, long DiskGib)
{
    public static ResourceAmount operator +(ResourceAmount left, ResourceAmount right) =>
        new(left.MilliCpu + right.MilliCpu, left.MemoryMib + right.MemoryMib, left.DiskGib + right.DiskGib);

    public static ResourceAmount operator -(ResourceAmount left, ResourceAmount right) =>
        new(left.MilliCpu - right.MilliCpu, left.MemoryMib - right.MemoryMib, left.DiskGib - right.DiskGib);

    /// <summary>Whether each part is at most the other's. A part that is not needed fits everywhere, also where the other is below zero.</summary>
    public bool FitsIn(ResourceAmount free) =>
        Fits(MilliCpu, free.MilliCpu) && Fits(MemoryMib, free.MemoryMib) && Fits(DiskGib, free.DiskGib);

    /// <summary>Each part at least zero.</summary>
    public ResourceAmount AtLeastZero() => new(Math.Max(0, MilliCpu), Math.Max(0, MemoryMib), Math.Max(0, DiskGib));

    /// <summary>The smaller of each part.</summary>
    public static ResourceAmount Least(ResourceAmount left, ResourceAmount right) =>
        new(Math.Min(left.MilliCpu, right.MilliCpu), Math.Min(left.MemoryMib, right.MemoryMib), Math.Min(left.DiskGib, right.DiskGib));

    /// <summary>The larger of each part.</summary>
    public static ResourceAmount Most(ResourceAmount left, ResourceAmount right) =>
        new(Math.Max(left.MilliCpu, right.MilliCpu), Math.Max(left.MemoryMib, right.MemoryMib), Math.Max(left.DiskGib, right.DiskGib));

    /// <summary>For people: <c>2000 mCPU, 512 MiB, 1 GiB</c>.</summary>
    public override string ToString() => $"{MilliCpu} mCPU, {MemoryMib} MiB, {DiskGib} GiB";

    private static bool Fits(long needed, long free) => needed <= 0 || needed <= free;
}
