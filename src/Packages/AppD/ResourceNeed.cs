namespace Mano.Packages.AppD;

/// <summary>Capacity to hold on a host: thousandths of a vCPU, MiB of memory, GiB of disk; 0 means "does not say".</summary>
public sealed record ResourceNeed(long MilliCpu, long MemoryMib, long DiskGib)
{
    /// <summary>Whole vCPUs, rounded up.</summary>
    public int Vcpus => (int)Math.Min(int.MaxValue, (MilliCpu + 999) / 1000);

    internal static ResourceNeed Of(AppDescriptor app)
    {
        var storage = app.VirtualStorageDescriptor.Sum(s => (long)s.SizeGib);
        if (app.VirtualComputeDescriptor is { } vm)
        {
            return new(vm.VirtualCpu.NumVirtualCpu * 1000L, vm.VirtualMemory.VirtualMemSize,
                storage + vm.VirtualDisk.Sum(d => (long)d.SizeOfStorage));
        }

        return new(
            app.OsContainerDescriptor.Sum(c => (long)(c.RequestedCpuResources ?? c.CpuResourceLimit ?? 0)),
            app.OsContainerDescriptor.Sum(c => (long)(c.RequestedMemoryResources ?? c.MemoryResourceLimit ?? 0)),
            storage + app.OsContainerDescriptor.Sum(c => (long)(c.RequestedEphemeralStorageResources ?? 0)));
    }
}
