using System.Text.Json.Serialization.Metadata;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.Local;

/// <summary>The records and tombstones of an adapter, in memory and on disk; the disk is written first.</summary>
/// <param name="tombstoneFolder">Where the numbers of computes that are gone lie.</param>
/// <param name="type">How a record is written.</param>
/// <param name="tombstoneType">How a tombstone is written.</param>
internal abstract class IntentTable<TRecord>(string tombstoneFolder, JsonTypeInfo<TRecord> type, JsonTypeInfo<Tombstone> tombstoneType)
    where TRecord : IntendedCompute
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, TRecord> records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tombstone> tombstones = [];

    public IReadOnlyList<TRecord> All
    {
        get
        {
            lock (gate)
            {
                return [.. records.Values];
            }
        }
    }

    public TRecord? Find(string computeId)
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
    public TRecord Put(TRecord record)
    {
        lock (gate)
        {
            PutLocked(record);
        }

        return record;
    }

    /// <summary>Makes and stores a record with the others standing still, so that capacity and addresses are given once.</summary>
    public TRecord Add(Func<IReadOnlyCollection<TRecord>, TRecord> make)
    {
        lock (gate)
        {
            var record = make(records.Values);
            Begin(record);
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
            AtomicFile.Write(TombstoneOf(computeId), tombstone, tombstoneType);
            tombstones[computeId] = tombstone;
        }
    }

    /// <summary>Takes a record out, when all of the compute is gone.</summary>
    public void Remove(TRecord record)
    {
        End(record);
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
                File.Delete(TombstoneOf(old.ComputeId));
                tombstones.Remove(old.ComputeId);
            }
        }
    }

    /// <summary>The file of a record.</summary>
    protected abstract string PathOf(string computeId);

    /// <summary>Makes what a record's file lies in.</summary>
    protected virtual void Begin(TRecord record)
    {
    }

    /// <summary>Removes a record's file, and what it lies in.</summary>
    protected abstract void End(TRecord record);

    /// <summary>Takes over what was found on disk; once, when the adapter opens.</summary>
    protected void Load(IEnumerable<TRecord> found, DateTimeOffset forgetBefore)
    {
        foreach (var record in found)
        {
            records[record.ComputeId] = record;
        }

        foreach (var path in Directory.EnumerateFiles(tombstoneFolder, "*.json"))
        {
            var tombstone = AtomicFile.ReadIfAny(path, tombstoneType)!;
            tombstones[tombstone.ComputeId] = tombstone;
        }

        Forget(forgetBefore);
    }

    private string TombstoneOf(string computeId) => Path.Combine(tombstoneFolder, computeId + ".json");

    private void PutLocked(TRecord record)
    {
        AtomicFile.Write(PathOf(record.ComputeId), record, type);
        records[record.ComputeId] = record;
    }
}
