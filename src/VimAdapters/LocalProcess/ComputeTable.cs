using Mano.VimAdapters.Local;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>What is intended with each compute, in a folder each, beside all that is the compute's.</summary>
internal sealed class ComputeTable : IntentTable<ComputeRecord>
{
    private readonly VimFolder folder;

    public ComputeTable(VimFolder folder, DateTimeOffset forgetBefore)
        : base(folder.Tombstones, LocalProcessJson.Default.ComputeRecord, LocalProcessJson.Default.Tombstone)
    {
        this.folder = folder;
        Load(Found(), forgetBefore);
    }

    protected override string PathOf(string computeId) => folder.Record(computeId);

    protected override void Begin(ComputeRecord record) => Directory.CreateDirectory(folder.Compute(record.ComputeId), VimFolder.Passable);

    protected override void End(ComputeRecord record) => folder.Remove(record);

    private IEnumerable<ComputeRecord> Found()
    {
        foreach (var path in Directory.EnumerateDirectories(folder.Computes))
        {
            if (AtomicFile.ReadIfAny(folder.Record(Path.GetFileName(path)), LocalProcessJson.Default.ComputeRecord) is { } record)
            {
                yield return record;
            }
            else
            {
                // The process died between making the folder and recording the intent: nothing was started.
                VimFolder.Empty(path);
            }
        }
    }
}
