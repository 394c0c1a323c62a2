using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Redis;

/// <summary>Which store this process knows: learnt from the first Redis it reached, or from a file that an earlier start left.</summary>
internal sealed class StoreIdentity
{
    private readonly string? file;

    /// <param name="file">Where it is remembered; null for nowhere.</param>
    /// <param name="fresh">The id of a store that has to be made.</param>
    public StoreIdentity(string? file, string fresh)
    {
        this.file = file;
        Fresh = fresh;
        if (file is not null && File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } known)
        {
            Known = known;
        }
    }

    public string Fresh { get; }

    public string? Known { get; private set; }

    /// <summary>A Redis answered with this store.</summary>
    public void Found(string id)
    {
        if (Known is not null)
        {
            return;
        }

        Known = id;
        if (file is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            File.WriteAllText(file, id + "\n");
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new FailureException(Failure.Unavailable(StateFailures.StoreUnavailable, $"The id of the state store cannot be kept in {file}: {denied.Message}", file), denied);
        }
    }
}
