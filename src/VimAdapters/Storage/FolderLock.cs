using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Storage;

/// <summary>One adapter a folder: held as an advisory lock, which the kernel gives back when the process dies.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Takes the folder, making it if need be; refuses while another adapter has it.</summary>
    public static FolderLock Take(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "lock");
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new FailureException(
                new(FailureKind.IllegalState, "VIM_FOLDER_TAKEN", $"Another adapter works in {folder}; stop it, or give this one a folder of its own. ({e.Message})", folder), e);
        }
    }

    public void Dispose() => file.Dispose();
}
