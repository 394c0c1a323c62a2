using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// What the simulated VIM holds: in memory, and in files where it has a folder. Not thread-safe; the VIM calls it under
/// its own lock.
/// </summary>
internal sealed class SimulatedStore : IDisposable
{
    private readonly string? folder;
    private readonly FolderLock? folderLock;
    private readonly SimulatedJournal? journal;
    private readonly SimulatedUsage usage;
    private readonly SortedDictionary<string, SimulatedKey> keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VimImage> images = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedNetwork> networks = new(StringComparer.Ordinal);

    public SimulatedStore(string? folder, int compactAfter, AddressRange range)
    {
        this.folder = folder;
        usage = new(range);
        if (folder is null)
        {
            return;
        }

        folderLock = FolderLock.Take(folder);
        journal = SimulatedJournal.Open(Path.Combine(folder, "keys.jsonl"), compactAfter, keys);
        foreach (var key in keys.Values)
        {
            usage.Change(null, key.Compute);
        }

        if (AtomicFile.ReadIfAny(SharedFile(folder), SimulatedJson.Default.SimulatedShared) is { } shared)
        {
            (ScriptDone, Starts) = (shared.ScriptDone, shared.Starts + 1);
            foreach (var image in shared.Images)
            {
                images[image.Image.Digest] = image;
            }

            foreach (var network in shared.Networks ?? [])
            {
                networks[network.NetworkId] = network;
            }
        }

        SaveShared();
    }

    public int ScriptDone { get; private set; }

    /// <summary>How often the folder was opened before; 0 without one.</summary>
    public int Starts { get; }

    public IReadOnlyCollection<SimulatedKey> Keys => keys.Values;

    public IReadOnlyCollection<VimImage> Images => images.Values;

    /// <summary>What all computes take together.</summary>
    public VimResources Used => usage.Resources;

    /// <summary>The wanted address, or with none the lowest; null where it is not free.</summary>
    public string? FreeAddress(string wanted) =>
        wanted.Length == 0 ? usage.FreeAddress() : usage.IsTaken(wanted) ? null : wanted;

    public SimulatedKey Key(string computeId) => keys.GetValueOrDefault(computeId) ?? new(computeId, new Fence(), null, default);

    public void Put(SimulatedKey key)
    {
        journal?.Put(key);
        usage.Change(keys.GetValueOrDefault(key.ComputeId)?.Compute, key.Compute);
        keys[key.ComputeId] = key;
        journal?.CompactIfLong();
    }

    public void Forget(string computeId)
    {
        if (keys.TryGetValue(computeId, out var key))
        {
            journal?.Forget(computeId);
            keys.Remove(computeId);
            usage.Change(key.Compute, null);
            journal?.CompactIfLong();
        }
    }

    public VimImage? Image(string digest) => images.GetValueOrDefault(digest);

    public void PutImage(VimImage image)
    {
        images[image.Image.Digest] = image;
        SaveShared();
    }

    public void RemoveImage(string digest)
    {
        images.Remove(digest);
        SaveShared();
    }

    /// <summary>The networks that exist, and the numbers of those that do not.</summary>
    public IReadOnlyCollection<SimulatedNetwork> Networks => networks.Values;

    public SimulatedNetwork Network(string networkId) => networks.GetValueOrDefault(networkId) ?? new(networkId, new Fence(), null, "", default);

    /// <summary>Stores a network and forgets the numbers of those that went before <paramref name="forgetBefore"/>.</summary>
    public void PutNetwork(SimulatedNetwork network, DateTimeOffset forgetBefore)
    {
        networks[network.NetworkId] = network;
        foreach (var old in networks.Values.Where(n => n.Spec is null && n.TouchedAt < forgetBefore).ToArray())
        {
            networks.Remove(old.NetworkId);
        }

        SaveShared();
    }

    public void SetScriptDone(int lines)
    {
        if (ScriptDone != lines)
        {
            ScriptDone = lines;
            SaveShared();
        }
    }

    public void Dispose()
    {
        journal?.Dispose();
        folderLock?.Dispose();
    }

    private void SaveShared()
    {
        if (folder is not null)
        {
            AtomicFile.Write(SharedFile(folder), new([.. images.Values], ScriptDone, Starts, [.. networks.Values]), SimulatedJson.Default.SimulatedShared);
        }
    }

    private static string SharedFile(string folder) => Path.Combine(folder, "vim.json");
}
