using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalContainers;

/// <summary>The records and tombstones, in memory and on disk; the disk is written first.</summary>
internal sealed class ContainerTable
{
    private readonly ContainerFolder folder;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, ContainerRecord> records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerTombstone> tombstones = [];

    public ContainerTable(ContainerFolder folder, DateTimeOffset forgetBefore)
    {
        this.folder = folder;
        foreach (var path in Directory.EnumerateFiles(folder.Computes, "*.json"))
        {
            var record = AtomicFile.ReadIfAny(path, LocalContainersJson.Default.ContainerRecord)!;
            records[record.ComputeId] = record;
        }

        foreach (var path in Directory.EnumerateFiles(folder.Tombstones, "*.json"))
        {
            var tombstone = AtomicFile.ReadIfAny(path, LocalContainersJson.Default.ContainerTombstone)!;
            tombstones[tombstone.ComputeId] = tombstone;
        }

        Forget(forgetBefore);
    }

    public IReadOnlyList<ContainerRecord> All
    {
        get
        {
            lock (gate)
            {
                return [.. records.Values];
            }
        }
    }

    public ContainerRecord? Find(string computeId)
    {
        lock (gate)
        {
            return records.GetValueOrDefault(computeId);
        }
    }

    /// <summary>The numbers of a key, whether there is a compute or not.</summary>
    public Fence FenceOf(string computeId)
    {
        lock (gate)
        {
            return records.GetValueOrDefault(computeId)?.Fence ?? tombstones.GetValueOrDefault(computeId)?.Fence ?? new Fence();
        }
    }

    /// <summary>Stores a record. Callers hold the key.</summary>
    public ContainerRecord Put(ContainerRecord record)
    {
        lock (gate)
        {
            PutLocked(record);
        }

        return record;
    }

    /// <summary>Makes and stores a record with the others standing still, so that capacity and addresses are given once.</summary>
    public ContainerRecord Add(Func<IReadOnlyCollection<ContainerRecord>, ContainerRecord> make)
    {
        lock (gate)
        {
            var record = make(records.Values);
            PutLocked(record);
            return record;
        }
    }

    /// <summary>Stores the numbers of a key beyond its compute.</summary>
    public void Bury(string computeId, Fence fence, DateTimeOffset at)
    {
        var tombstone = new ContainerTombstone(computeId, fence, at);
        lock (gate)
        {
            AtomicFile.Write(folder.Tombstone(computeId), tombstone, LocalContainersJson.Default.ContainerTombstone);
            tombstones[computeId] = tombstone;
        }
    }

    /// <summary>Takes a record out, when all of the compute is gone.</summary>
    public void Remove(string computeId)
    {
        lock (gate)
        {
            File.Delete(folder.Compute(computeId));
            records.Remove(computeId);
        }
    }

    /// <summary>Drops tombstones that are old enough.</summary>
    public void Forget(DateTimeOffset before)
    {
        lock (gate)
        {
            foreach (var old in tombstones.Values.Where(t => t.At < before && !records.ContainsKey(t.ComputeId)).ToArray())
            {
                File.Delete(folder.Tombstone(old.ComputeId));
                tombstones.Remove(old.ComputeId);
            }
        }
    }

    private void PutLocked(ContainerRecord record)
    {
        AtomicFile.Write(folder.Compute(record.ComputeId), record, LocalContainersJson.Default.ContainerRecord);
        records[record.ComputeId] = record;
    }
}
