using System.Text.Json;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// The keys in one file, a line a change, the last line of a key counts. A line is written at once and not forced to
/// disk: what it has to outlive is this process, for with the machine a simulated compute dies too.
/// </summary>
internal sealed class SimulatedJournal : IDisposable
{
    private const int LinesBeforeRewrite = 4096;

    private readonly string path;
    private readonly SortedDictionary<string, SimulatedKey> keys;
    private FileStream file;
    private int lines;

    private SimulatedJournal(string path, SortedDictionary<string, SimulatedKey> keys)
    {
        (this.path, this.keys) = (path, keys);
        file = Rewrite();
    }

    /// <summary>Reads what was written into <paramref name="keys"/>, which the caller keeps up to date from then on.</summary>
    public static SimulatedJournal Open(string path, SortedDictionary<string, SimulatedKey> keys)
    {
        foreach (var line in File.Exists(path) ? File.ReadAllText(path).Split('\n')[..^1] : [])
        {
            var seen = Read(path, line);
            _ = seen.Forgotten ? keys.Remove(seen.Key.ComputeId) : (keys[seen.Key.ComputeId] = seen.Key) is not null;
        }

        return new(path, keys);
    }

    public void Put(SimulatedKey key) => Append(new(key, Forgotten: false));

    public void Forget(string computeId) => Append(new(new(computeId, new(), null, default), Forgotten: true));

    public void Dispose() => file.Dispose();

    private void Append(SimulatedLine line)
    {
        Write(file, line);
        if (++lines > LinesBeforeRewrite + (4 * keys.Count))
        {
            file.Dispose();
            file = Rewrite();
        }
    }

    /// <summary>Leaves one line a key. The old file counts until the new one is whole.</summary>
    private FileStream Rewrite()
    {
        var beside = new FileStream(path + ".new", new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        foreach (var key in keys.Values)
        {
            Write(beside, new(key, Forgotten: false));
        }

        File.Move(path + ".new", path, overwrite: true);
        lines = keys.Count;
        return beside;
    }

    private static void Write(FileStream to, SimulatedLine line) =>
        to.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, SimulatedJson.Default.SimulatedLine), (byte)'\n']);

    private static SimulatedLine Read(string path, string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SimulatedJson.Default.SimulatedLine)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} has a line that cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>One change of a key.</summary>
internal sealed record SimulatedLine(SimulatedKey Key, bool Forgotten);
