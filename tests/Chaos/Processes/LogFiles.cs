namespace Mano.Chaos.Processes;

/// <summary>Reading what processes wrote.</summary>
internal static class LogFiles
{
    /// <summary>The last lines of a file; nothing where there is none.</summary>
    public static string Tail(string file, int lines) =>
        File.Exists(file) ? string.Join('\n', Lines(file).TakeLast(lines)) : "(no log)";

    /// <summary>Every whole line, also while the file is written.</summary>
    public static IEnumerable<string> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
