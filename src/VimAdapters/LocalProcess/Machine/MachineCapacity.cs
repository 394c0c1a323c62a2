using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>How much this machine has to hand out.</summary>
internal static class MachineCapacity
{
    /// <summary>What the options say, and for what they leave open what the machine, or the container around us, has.</summary>
    public static VimResources Total(LocalProcessOptions options) => new(
        options.MilliCpu > 0 ? options.MilliCpu : Environment.ProcessorCount * 1000L,
        options.MemoryMib > 0 ? options.MemoryMib : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
        options.DiskGib > 0 ? options.DiskGib : new DriveInfo(Path.GetFullPath(options.Folder)).AvailableFreeSpace >> 30);
}
