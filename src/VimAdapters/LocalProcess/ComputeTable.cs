using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>The records and tombstones, in memory and on disk; the disk is written first.</summary>
internal sealed class ComputeTable
{
    private readonly VimFolder folder;
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, ComputeRecord> records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tombstone> tombstones = [];

    public ComputeTable(VimFolder folder, DateTimeOffset forgetBefore)
    {
        this.folder = folder;
        foreach (var path in Directory.EnumerateDirectories(folder.Computes))
        {
            var computeId = Path.GetFileName(path);
            if (AtomicFile.ReadIfAny(folder.Record(computeId), LocalProcessJson.Default.ComputeRecord) is { } record)
            {
                records[computeId] = record;
            }
            else
            {
                // The process died between making the folder and recording the intent: nothing was started.
                VimFolder.Empty(path);
            }
        }

        foreach (var path in Directory.EnumerateFiles(folder.Tombstones, "*.json"))
        {
            var tombstone = AtomicFile.ReadIfAny(path, LocalProcessJson.Default.Tombstone)!;
            tombstones[tombstone.ComputeId] = tombstone;
        }

        Forget(forgetBefore);
    }

    public IReadOnlyList<ComputeRecord> All
    {
        get
        {
            lock (gate)
            {
                return [.. records.Values];
            }
        }
    }

    public ComputeRecord? Find(string computeId)
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
    public ComputeRecord Put(ComputeRecord record)
    {
        lock (gate)
        {
            PutLocked(record);
        }

        return record;
    }

    /// <summary>Makes and stores a record with the others standing still, so that capacity and addresses are given once.</summary>
    public ComputeRecord Add(Func<IReadOnlyCollection<ComputeRecord>, ComputeRecord> make)
    {
        lock (gate)
        {
            var record = make(records.Values);
            Directory.CreateDirectory(folder.Compute(record.ComputeId), VimFolder.Passable);
            PutLocked(record);
            return record;
        }
    }

    /// <summary>Stores the numbers of a key beyond its compute.</summary>
    public void Bury(string computeId, Fence fence, DateTimeOffset at)
    {
        var tombstone = new Tombstone(computeId, fence, at);
        lock (gate)
        {
            AtomicFile.Write(folder.Tombstone(computeId), tombstone, LocalProcessJson.Default.Tombstone);
            tombstones[computeId] = tombstone;
        }
    }

    /// <summary>Takes a record out, when all of the compute is gone.</summary>
    public void Remove(ComputeRecord record)
    {
        folder.Remove(record);
        lock (gate)
        {
            records.Remove(record.ComputeId);
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

    private void PutLocked(ComputeRecord record)
    {
        AtomicFile.Write(folder.Record(record.ComputeId), record, LocalProcessJson.Default.ComputeRecord);
        records[record.ComputeId] = record;
    }
}
