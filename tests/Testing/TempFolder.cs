namespace Mano.Testing;

/// <summary>A folder of its own under the system's temporary folder, gone with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public TempFolder() => FullPath = Directory.CreateTempSubdirectory("mano-test-").FullName;

    public string FullPath { get; }

    public string File(params string[] parts) => Path.Combine([FullPath, .. parts]);

    public void Dispose()
    {
        if (Directory.Exists(FullPath))
        {
            Directory.Delete(FullPath, recursive: true);
        }
    }
}
