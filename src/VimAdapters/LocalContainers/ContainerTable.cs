using Mano.VimAdapters.Local;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>What is intended with each container, a file each.</summary>
internal sealed class ContainerTable : IntentTable<ContainerRecord>
{
    private readonly ContainerFolder folder;

    public ContainerTable(ContainerFolder folder, DateTimeOffset forgetBefore)
        : base(folder.Tombstones, LocalContainersJson.Default.ContainerRecord, LocalContainersJson.Default.Tombstone)
    {
        this.folder = folder;
        Load(Directory.EnumerateFiles(folder.Computes, "*.json").Select(path => AtomicFile.ReadIfAny(path, LocalContainersJson.Default.ContainerRecord)!), forgetBefore);
    }

    protected override string PathOf(string computeId) => folder.Compute(computeId);

    protected override void End(ContainerRecord record) => File.Delete(folder.Compute(record.ComputeId));
}
