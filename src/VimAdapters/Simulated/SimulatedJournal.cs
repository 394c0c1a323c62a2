using System.Text.Json;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// The keys in one file, a line a change, the last line of a key counts (README.md beside this file). A line is written at
/// once and not forced to disk: what it has to outlive is this process, for with the machine a simulated compute dies too.
/// </summary>
internal sealed class SimulatedJournal : IDisposable
{
    private readonly string path;
    private readonly int compactAfter;
    private readonly SortedDictionary<string, SimulatedKey> keys;
    private FileStream file;
    private int lines;

    private SimulatedJournal(string path, int compactAfter, SortedDictionary<string, SimulatedKey> keys, long whole)
    {
        (this.path, this.compactAfter, this.keys) = (path, compactAfter, keys);
        file = compactAfter > 0 ? Rewrite() : GoOn(path, whole);
    }

    /// <summary>Reads what was written into <paramref name="keys"/>, which the caller keeps up to date from then on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="compactAfter">How many lines more than keys it may have; 0: any number, it is the whole history.</param>
    /// <param name="keys">Filled here.</param>
    public static SimulatedJournal Open(string path, int compactAfter, SortedDictionary<string, SimulatedKey> keys)
    {
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];

        // What follows the last line break was being written when the process died: nobody was told of it.
        var whole = content.AsSpan().LastIndexOf((byte)'\n') + 1;
        var number = 0;
        foreach (var line in content.AsSpan(0, whole).Split((byte)'\n'))
        {
            if (line.Start.Value == whole)
            {
                break;
            }

            var seen = Read(path, ++number, content.AsSpan()[line]);
            _ = seen.Forgotten ? keys.Remove(seen.Key.ComputeId) : (keys[seen.Key.ComputeId] = seen.Key) is not null;
        }

        return new(path, compactAfter, keys, whole);
    }

    /// <summary>Writes the line; when it throws, the file is as it was.</summary>
    public void Put(SimulatedKey key) => Append(new(key, Forgotten: false));

    public void Forget(string computeId) => Append(new(new(computeId, new(), null, default), Forgotten: true));

    /// <summary>Leaves one line a key if there are many more; when the caller's keys agree with what was put.</summary>
    public void CompactIfLong()
    {
        if (compactAfter > 0 && lines > compactAfter + (4 * keys.Count))
        {
            file.Dispose();
            file = Rewrite();
        }
    }

    public void Dispose() => file.Dispose();

    private void Append(SimulatedLine line)
    {
        var before = file.Position;
        try
        {
            Write(file, line);
            lines++;
        }
        catch (IOException)
        {
            // Half a line in the middle would make the file unreadable.
            file.SetLength(before);
            file.Position = before;
            throw;
        }
    }

    /// <summary>Leaves one line a key. The old file counts until the new one is whole.</summary>
    private FileStream Rewrite()
    {
        var beside = new FileStream(path + ".new", Writing(FileMode.Create));
        foreach (var key in keys.Values)
        {
            Write(beside, new(key, Forgotten: false));
        }

        File.Move(path + ".new", path, overwrite: true);
        lines = keys.Count;
        return beside;
    }

    private static FileStream GoOn(string path, long whole)
    {
        var file = new FileStream(path, Writing(FileMode.OpenOrCreate));
        file.SetLength(whole);
        file.Position = whole;
        return file;
    }

    private static FileStreamOptions Writing(FileMode mode) => new()
    {
        Mode = mode,
        Access = FileAccess.Write,
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    private static void Write(FileStream to, SimulatedLine line) =>
        to.Write([.. JsonSerializer.SerializeToUtf8Bytes(line, SimulatedJson.Default.SimulatedLine), (byte)'\n']);

    private static SimulatedLine Read(string path, int number, ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, SimulatedJson.Default.SimulatedLine)!;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {number}, cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>One change of a key.</summary>
internal sealed record SimulatedLine(SimulatedKey Key, bool Forgotten);
