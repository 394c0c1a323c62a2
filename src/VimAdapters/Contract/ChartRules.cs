using System.Text;
using System.Text.Json;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>Whether the values given to a chart are well-formed.</summary>
internal static class ChartRules
{
    private const int MaxBytes = 65536;

    public static void AddFaults(List<Fault> faults, ComputeSpec spec)
    {
        if (spec.ChartValues.Length == 0)
        {
            return;
        }

        if (!spec.Images.Any(i => i.Format == ImageFormat.HelmChart))
        {
            faults.Add(new("spec.chart_values", "they are given and the image is no chart; leave them out."));
        }

        // Their text is not shown: values of charts are where passwords go.
        if (Encoding.UTF8.GetByteCount(spec.ChartValues) > MaxBytes)
        {
            faults.Add(new("spec.chart_values", $"they are over {MaxBytes} bytes."));
        }
        else if (!IsObject(spec.ChartValues))
        {
            faults.Add(new("spec.chart_values", "they are not one JSON object."));
        }
    }

    private static bool IsObject(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
