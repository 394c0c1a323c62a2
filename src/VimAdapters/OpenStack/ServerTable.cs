using Mano.VimAdapters.Local;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What is intended with each server, a file each.</summary>
internal sealed class ServerTable : IntentTable<ServerRecord>
{
    private readonly OpenStackFolder folder;

    public ServerTable(OpenStackFolder folder, DateTimeOffset forgetBefore)
        : base(folder.Tombstones, OpenStackJson.Default.ServerRecord, OpenStackJson.Default.Tombstone)
    {
        this.folder = folder;
        Load(Directory.EnumerateFiles(folder.Computes, "*.json").Select(path => AtomicFile.ReadIfAny(path, OpenStackJson.Default.ServerRecord)!), forgetBefore);
    }

    protected override string PathOf(string computeId) => folder.Compute(computeId);

    protected override void End(ServerRecord record) => File.Delete(folder.Compute(record.ComputeId));
}
