namespace Mano.Packages.AppD;

/// <summary>Capacity to hold on a host: whole vCPUs, MiB of memory, GiB of disk; 0 means "does not say".</summary>
public sealed record ResourceNeed(int Vcpus, int MemoryMib, int DiskGib)
{
    internal static ResourceNeed Of(AppDescriptor app)
    {
        var storage = app.VirtualStorageDescriptor.Sum(s => s.SizeGib);
        if (app.VirtualComputeDescriptor is { } vm)
        {
            return new(vm.VirtualCpu.NumVirtualCpu, vm.VirtualMemory.VirtualMemSize,
                Clamp(storage + vm.VirtualDisk.Sum(d => (long)d.SizeOfStorage)));
        }

        // Milli-CPU are summed before rounding up: four sidecars of 100m fit one CPU.
        var milli = app.OsContainerDescriptor.Sum(c => (long)(c.RequestedCpuResources ?? c.CpuResourceLimit ?? 0));
        var memory = app.OsContainerDescriptor.Sum(c => (long)(c.RequestedMemoryResources ?? c.MemoryResourceLimit ?? 0));
        var disk = app.OsContainerDescriptor.Sum(c => (long)(c.RequestedEphemeralStorageResources ?? 0));
        return new(Clamp((milli + 999) / 1000), Clamp(memory), Clamp(storage + disk));
    }

    private static int Clamp(long value) => (int)Math.Min(value, int.MaxValue);
}
