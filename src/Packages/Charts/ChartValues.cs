using System.Text;
using System.Text.Json.Nodes;
using Mano.Packages.Charts;
using Mano.Packages.Documents;

namespace Mano.Packages;

/// <summary>Values that are laid over a Helm chart's own: one object, given as JSON or YAML, kept as JSON.</summary>
public static class ChartValues
{
    /// <summary>Of their JSON. 64 KiB: what the VIM contract takes; the largest values file of a public chart known to us has half of it.</summary>
    public const int MaxBytes = 64 << 10;

    // Depth: a value goes through readers of JSON that stop at 64, inside objects of ours. Nodes: aliases are followed.
    private static readonly PackageLimits Limits = new() { MaxDescriptorBytes = MaxBytes, MaxDocumentNodes = 20_000, MaxDocumentDepth = 40, MaxFaults = 5 };

    /// <summary>Reads values of a caller.</summary>
    /// <param name="text">One object as JSON or YAML; empty: none.</param>
    /// <param name="wrong">Every fault in one sentence, without any of the values; null when there is none.</param>
    /// <returns>JSON; empty when there are none, or when they are wrong.</returns>
    public static string Read(string text, out string? wrong)
    {
        wrong = null;
        if (IsNothing(text))
        {
            return "";
        }

        var faults = new FaultList(Limits.MaxFaults);
        var json = Read(Encoding.UTF8.GetBytes(text), "", faults);
        if (json is null)
        {
            wrong = string.Join(" ", faults.All().Select(f => f.Line > 0 ? $"Line {f.Line}: {f.Message}" : f.Message));
        }

        return json ?? "";
    }

    /// <summary>One laid over the other as helm does it: objects are joined, all else is replaced, and null takes a value of the chart away.</summary>
    /// <param name="under">JSON of <see cref="Read(string, out string?)"/>; may be empty.</param>
    /// <param name="over">The same; what it says wins.</param>
    public static string Merge(string under, string over)
    {
        if (under.Length == 0 || over.Length == 0)
        {
            return under.Length == 0 ? over : under;
        }

        var merged = JsonNode.Parse(under)!.AsObject();
        Lay(merged, JsonNode.Parse(over)!.AsObject());
        return merged.ToJsonString(ValueWriter.Plain);
    }

    /// <summary>The same of a file of a package.</summary>
    /// <returns>JSON; null when they are wrong, which is then told.</returns>
    internal static string? Read(ReadOnlySpan<byte> content, string file, FaultList faults)
    {
        var at = new Place(file, "", 0);
        if (content.Length > MaxBytes)
        {
            faults.Error("chart-values", at, $"The chart values have {content.Length} bytes; at most {MaxBytes} are taken.");
            return null;
        }

        if (IsNothing(Encoding.UTF8.GetString(content)))
        {
            return "";
        }

        var own = new FaultList(Limits.MaxFaults);
        var root = DocumentReader.Read(content, file, Limits, own);
        var json = root is not MapNode map ? Refuse(root, at, own) : ValueWriter.Json(map, at, own);
        foreach (var fault in own.All())
        {
            faults.Add(fault.Severity, fault.Rule == "unreadable" ? fault.Rule : "chart-values", new(fault.File, fault.Path, fault.Line), fault.Message);
        }

        return own.HasErrors ? null : json;
    }

    // A values.yaml of nothing but comments is usual.
    private static bool IsNothing(string text) => text.Split('\n').All(line => line.AsSpan().Trim() is "" or "---" or ['#', ..]);

    private static string? Refuse(Node? root, Place at, FaultList faults)
    {
        if (root is not null)
        {
            faults.Error("chart-values", at, $"Chart values are one mapping of names to values, as in a chart's values.yaml; this is {root.Kind}.");
        }

        return null;
    }

    private static void Lay(JsonObject under, JsonObject over)
    {
        foreach (var (name, value) in over)
        {
            if (under[name] is JsonObject below && value is JsonObject above)
            {
                Lay(below, above);
            }
            else
            {
                under[name] = value?.DeepClone();
            }
        }
    }
}
