using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mano.VimAdapters.Storage;

/// <summary>Files that are either the old or the new content, whenever the process dies.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the file, forces it to disk, and renames it over.</summary>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        var beside = path + ".new";
        using (var stream = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(stream, value, type);
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Reads the file; null where there is none. Content that is no such value throws, naming the file.</summary>
    public static T? ReadIfAny<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, type);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} cannot be read as {typeof(T).Name}: {e.Message}", e);
        }
    }
}
