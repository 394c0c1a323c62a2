using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// What the simulated VIM holds: in memory, and in one file a key where it has a folder. Not thread-safe; the VIM
/// calls it under its own lock.
/// </summary>
internal sealed class SimulatedStore : IDisposable
{
    private readonly string? folder;
    private readonly FolderLock? folderLock;
    private readonly SortedDictionary<string, SimulatedKey> keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VimImage> images = new(StringComparer.Ordinal);

    public SimulatedStore(string? folder)
    {
        this.folder = folder;
        if (folder is null)
        {
            return;
        }

        folderLock = FolderLock.Take(folder);
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "keys"), "*.json"))
        {
            var key = AtomicFile.ReadIfAny(file, SimulatedJson.Default.SimulatedKey)!;
            keys[key.ComputeId] = key;
        }

        if (AtomicFile.ReadIfAny(SharedFile(folder), SimulatedJson.Default.SimulatedShared) is { } shared)
        {
            ScriptDone = shared.ScriptDone;
            foreach (var image in shared.Images)
            {
                images[image.Image.Digest] = image;
            }
        }
    }

    public int ScriptDone { get; private set; }

    public IReadOnlyCollection<SimulatedKey> Keys => keys.Values;

    public IReadOnlyCollection<VimImage> Images => images.Values;

    public SimulatedKey Key(string computeId) => keys.GetValueOrDefault(computeId) ?? new(computeId, new Fence(), null, default);

    public void Put(SimulatedKey key)
    {
        keys[key.ComputeId] = key;
        if (folder is not null)
        {
            AtomicFile.Write(KeyFile(folder, key.ComputeId), key, SimulatedJson.Default.SimulatedKey);
        }
    }

    public void Forget(string computeId)
    {
        keys.Remove(computeId);
        if (folder is not null)
        {
            File.Delete(KeyFile(folder, computeId));
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

    public void SetScriptDone(int lines)
    {
        if (ScriptDone != lines)
        {
            ScriptDone = lines;
            SaveShared();
        }
    }

    public void Dispose() => folderLock?.Dispose();

    private void SaveShared()
    {
        if (folder is not null)
        {
            AtomicFile.Write(SharedFile(folder), new([.. images.Values], ScriptDone), SimulatedJson.Default.SimulatedShared);
        }
    }

    // Keys differ by case on the wire; the file systems we run on tell case apart too.
    private static string KeyFile(string folder, string computeId) => Path.Combine(folder, "keys", computeId + ".json");

    private static string SharedFile(string folder) => Path.Combine(folder, "vim.json");
}
