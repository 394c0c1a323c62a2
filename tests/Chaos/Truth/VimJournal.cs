using System.Text.Json;
using Mano.Chaos.History;

namespace Mano.Chaos.Truth;

/// <summary>
/// Follows the file in which a simulated VIM keeps its computes, past every part of ours, and writes each coming and
/// going to the history. The file is the whole history (<c>vim.CompactAfter=0</c>): nothing is missed, however seldom it is read.
/// </summary>
internal sealed class VimJournal(string hostId, string file, long milliCpu, HistoryFile history) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SeenCompute> there = new(StringComparer.Ordinal);
    private FileStream? open;
    private string rest = "";

    /// <summary>Reads what is new. Returns what is there now.</summary>
    public IReadOnlyDictionary<string, SeenCompute> Read()
    {
        lock (gate)
        {
            if (open is null && File.Exists(file))
            {
                open = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            }

            ReadToEnd();
            return new Dictionary<string, SeenCompute>(there);
        }
    }

    public void Dispose() => open?.Dispose();

    private void ReadToEnd()
    {
        if (open is null)
        {
            return;
        }

        using var reader = new StreamReader(open, leaveOpen: true);
        rest += reader.ReadToEnd();
        for (var end = rest.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = rest.IndexOf('\n', StringComparison.Ordinal))
        {
            Take(rest[..end]);
            rest = rest[(end + 1)..];
        }
    }

    private void Take(string line)
    {
        using var document = JsonDocument.Parse(line);
        var key = document.RootElement.GetProperty("Key");
        var id = key.GetProperty("ComputeId").GetString()!;
        var compute = key.GetProperty("Compute");
        var touched = key.GetProperty("TouchedAt").GetDateTimeOffset();
        if (compute.ValueKind != JsonValueKind.Object)
        {
            if (there.Remove(id))
            {
                Note(id, 0, touched);
            }

            return;
        }

        var seen = new SeenCompute(
            id, compute.GetProperty("Power").GetString()!, compute.GetProperty("Spec").GetProperty("Resources").GetProperty("MilliCpu").GetInt64());
        if (there.TryAdd(id, seen))
        {
            Note(id, seen.MilliCpu, touched);
        }

        there[id] = seen;
    }

    private void Note(string instance, long takes, DateTimeOffset touched) => history.Add(new()
    {
        At = 0, Said = Said.Compute, Instance = instance, Host = hostId, MilliCpu = takes, TotalMilliCpu = milliCpu, Touched = touched,
    });
}
