using System.Text.Json;
using Mano.Chaos.Processes;

namespace Mano.Chaos.History;

/// <summary>A history on disk, one line an event, written as it happens: it outlives whatever ends the run.</summary>
internal sealed class HistoryFile : IDisposable
{
    private readonly Lock gate = new();
    private readonly long began = TimeProvider.System.GetTimestamp();
    private readonly StreamWriter writer;
    private long calls;

    public HistoryFile(string path)
    {
        Path = path;
        writer = new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read));
    }

    public string Path { get; }

    public long Now => (long)TimeProvider.System.GetElapsedTime(began).TotalMicroseconds;

    /// <summary>A number for the next call.</summary>
    public long NextCall() => Interlocked.Increment(ref calls);

    /// <summary>Writes an event, stamped with the present time.</summary>
    public void Add(HistoryEvent happened)
    {
        lock (gate)
        {
            writer.WriteLine(JsonSerializer.Serialize(happened with { At = Now }, HistoryJson.Default.HistoryEvent));
            writer.Flush();
        }
    }

    public static IReadOnlyList<HistoryEvent> Read(string path) =>
        [.. LogFiles.Lines(path).Where(l => l.Length > 0).Select(l => JsonSerializer.Deserialize(l, HistoryJson.Default.HistoryEvent)!)];

    public void Dispose() => writer.Dispose();
}
