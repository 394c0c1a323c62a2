using System.Text;
using System.Text.Json;

namespace Mano.Testing;

/// <summary>A compute of a simulated VIM, as its file says.</summary>
/// <param name="ComputeId">The key.</param>
/// <param name="AppInstanceId">To which instance it belongs.</param>
/// <param name="CreatedAt">Which compute of that key it is.</param>
/// <param name="Boots">How often it was started in all.</param>
/// <param name="MilliCpu">What it takes.</param>
/// <param name="MemoryMib">What it takes.</param>
/// <param name="BeingDeleted">A delete of it is under way.</param>
public sealed record SimulatedComputeSeen(
    string ComputeId, string AppInstanceId, DateTimeOffset CreatedAt, int Boots, long MilliCpu, long MemoryMib, bool BeingDeleted);

/// <summary>
/// What a simulated VIM has, read from its folder past every part of ours (src/VimAdapters/Simulated/README.md), and what
/// is done to it behind everybody's back.
/// </summary>
public static class SimulatedInventory
{
    private static int orders;

    /// <summary>The computes that exist, by id; none where there is no file yet.</summary>
    public static IReadOnlyDictionary<string, SimulatedComputeSeen> Read(string folder)
    {
        var computes = new SortedDictionary<string, SimulatedComputeSeen>(StringComparer.Ordinal);
        foreach (var key in Lines(folder))
        {
            var id = key.GetProperty("ComputeId").GetString()!;
            computes.Remove(id);
            if (key.GetProperty("Compute") is { ValueKind: JsonValueKind.Object } compute)
            {
                computes[id] = Seen(id, compute);
            }
        }

        return computes;
    }

    /// <summary>The <c>Key</c> of every whole line, oldest first.</summary>
    public static IEnumerable<JsonElement> Lines(string folder)
    {
        var path = Path.Combine(folder, "keys.jsonl");
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Key"))];
    }

    /// <summary>Gives orders to a VIM with <c>vim.Orders=true</c>; they are carried out when the file is gone.</summary>
    public static string Order(string folder, params IEnumerable<string> lines)
    {
        var inbox = Directory.CreateDirectory(Path.Combine(folder, "orders")).FullName;
        var name = $"{Environment.ProcessId}-{Interlocked.Increment(ref orders):D6}";
        File.WriteAllLines(Path.Combine(inbox, "." + name), lines);
        File.Move(Path.Combine(inbox, "." + name), Path.Combine(inbox, name));
        return Path.Combine(inbox, name);
    }

    /// <summary>Gives orders, and waits until they were carried out.</summary>
    public static async Task OrderAsync(string folder, params IEnumerable<string> lines)
    {
        var path = Order(folder, lines);
        await Eventually.Is(() => !File.Exists(path), "the simulated VIM has carried its orders out");
    }

    private static SimulatedComputeSeen Seen(string id, JsonElement compute)
    {
        var spec = compute.GetProperty("Spec");
        return new(
            id,
            spec.GetProperty("Labels").GetProperty("AppInstanceId").GetString()!,
            compute.GetProperty("CreatedAt").GetDateTimeOffset(),
            compute.GetProperty("Boots").GetInt32(),
            spec.GetProperty("Resources").GetProperty("MilliCpu").GetInt64(),
            spec.GetProperty("Resources").GetProperty("MemoryMib").GetInt64(),
            compute.GetProperty("GoneAt").ValueKind != JsonValueKind.Null);
    }
}
