using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>
/// Which number each rule has, kept over restarts in a file: flows in the kernel carry the numbers. A number is given again
/// only after all others have been.
/// </summary>
internal sealed class RuleNumbers
{
    private readonly string path;
    private readonly Dictionary<string, int> numbers;
    private readonly HashSet<int> taken;
    private int last;

    private RuleNumbers(string path, Stored stored)
    {
        this.path = path;
        (numbers, last, Generation) = (new(stored.Numbers, StringComparer.Ordinal), stored.Last, stored.Generation);
        taken = [.. numbers.Values];
    }

    /// <summary>Grows with each change of the rules.</summary>
    public int Generation { get; private set; }

    /// <summary>Reads the file, or begins anew if there is none. A file that cannot be read costs flows their rules, not more.</summary>
    public static RuleNumbers Open(string path)
    {
        try
        {
            return new(path, JsonSerializer.Deserialize(File.ReadAllBytes(path), RuleNumbersJson.Default.Stored) ?? new([], 0, 0));
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return new(path, new([], 0, 0));
        }
    }

    /// <summary>The rule's number; a new one if it has none.</summary>
    public int Of(string appInstanceId, string ruleId)
    {
        var key = KeyOf(appInstanceId, ruleId);
        if (!numbers.TryGetValue(key, out var number))
        {
            do
            {
                last = last % Marks.LastNumber + 1;
            }
            while (!taken.Add(last));
            numbers[key] = number = last;
        }

        return number;
    }

    /// <summary>The rule's number, or 0 if it has none.</summary>
    public int Find(string appInstanceId, string ruleId) => numbers.GetValueOrDefault(KeyOf(appInstanceId, ruleId));

    /// <summary>The numbers of an instance's rules.</summary>
    public IReadOnlyCollection<int> Of(string appInstanceId) =>
        [.. numbers.Where(n => n.Key.StartsWith(appInstanceId + "\n", StringComparison.Ordinal)).Select(n => n.Value)];

    /// <summary>Frees the numbers of an instance's rules.</summary>
    public void Forget(string appInstanceId)
    {
        foreach (var (key, number) in numbers.Where(n => n.Key.StartsWith(appInstanceId + "\n", StringComparison.Ordinal)).ToList())
        {
            numbers.Remove(key);
            taken.Remove(number);
        }
    }

    /// <summary>Frees the numbers of an instance's rules but for these.</summary>
    public void Keep(string appInstanceId, IReadOnlySet<int> kept)
    {
        foreach (var (key, number) in numbers.Where(n => n.Key.StartsWith(appInstanceId + "\n", StringComparison.Ordinal) && !kept.Contains(n.Value)).ToList())
        {
            numbers.Remove(key);
            taken.Remove(number);
        }
    }

    /// <summary>Counts one change of the rules on, and keeps everything: before the kernel is told.</summary>
    public void Advance()
    {
        Generation = (Generation + 1) % Marks.Generations;
        var next = path + ".new";
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(new Stored(numbers, last, Generation), RuleNumbersJson.Default.Stored));
        File.Move(next, path, overwrite: true);
    }

    private static string KeyOf(string appInstanceId, string ruleId) => $"{appInstanceId}\n{ruleId}";

    internal sealed record Stored(Dictionary<string, int> Numbers, int Last, int Generation);
}

[JsonSerializable(typeof(RuleNumbers.Stored))]
internal sealed partial class RuleNumbersJson : JsonSerializerContext;
