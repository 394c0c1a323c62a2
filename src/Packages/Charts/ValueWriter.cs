using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mano.Packages.Documents;

namespace Mano.Packages.Charts;

/// <summary>Writes a document as JSON, plain words meaning what helm takes them for (YAML 1.1: <c>yes</c> is true, <c>0440</c> is 288).</summary>
internal static partial class ValueWriter
{
    internal static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null, with a fault, when it is more than values may be.</returns>
    internal static string? Json(MapNode root, Place at, FaultList faults)
    {
        var written = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(written, new() { Encoder = Plain.Encoder });
        if (!Write(json, root, at, faults))
        {
            return null;
        }

        json.Flush();
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    /// <summary>Looked at with each value, for aliases make much of little.</summary>
    private static bool Write(Utf8JsonWriter json, Node node, Place at, FaultList faults)
    {
        if (json.BytesCommitted + json.BytesPending > ChartValues.MaxBytes)
        {
            faults.Error("chart-values", at, $"The chart values have more than {ChartValues.MaxBytes} bytes once they are JSON with their aliases followed.");
            return false;
        }

        switch (node)
        {
            case MapNode map:
                return WriteObject(json, map, at, faults);
            case ListNode list:
                json.WriteStartArray();
                for (var i = 0; i < list.Items.Count; i++)
                {
                    if (!Write(json, list.Items[i], at.Item(i, list.Items[i].Line), faults))
                    {
                        return false;
                    }
                }

                json.WriteEndArray();
                return true;
            default:
                WriteScalar(json, (ScalarNode)node);
                return true;
        }
    }

    private static bool WriteObject(Utf8JsonWriter json, MapNode map, Place at, FaultList faults)
    {
        json.WriteStartObject();
        foreach (var (name, value, line) in map.Entries)
        {
            var child = at.Child(name, line);
            if (name == "<<")
            {
                faults.Error("chart-values", child, "Merge keys (<<) are not followed here; write the values out, or use an alias for the whole of them.");
                return false;
            }

            json.WritePropertyName(name);
            if (!Write(json, value, child, faults))
            {
                return false;
            }
        }

        json.WriteEndObject();
        return true;
    }

    private static void WriteScalar(Utf8JsonWriter json, ScalarNode scalar)
    {
        if (scalar.IsNull)
        {
            json.WriteNullValue();
        }
        else if (!scalar.IsPlain)
        {
            json.WriteStringValue(scalar.Text);
        }
        else if (scalar.Text is "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y")
        {
            json.WriteBooleanValue(true);
        }
        else if (scalar.Text is "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N")
        {
            json.WriteBooleanValue(false);
        }
        else if (JsonNumber().IsMatch(scalar.Text))
        {
            json.WriteRawValue(scalar.Text);
        }
        else if (OtherNumber(scalar.Text) is { } number)
        {
            json.WriteRawValue(number);
        }
        else
        {
            json.WriteStringValue(scalar.Text);
        }
    }

    /// <summary>Spelled as YAML alone spells numbers.</summary>
    private static string? OtherNumber(string text)
    {
        var (sign, digits) = text.StartsWith('-') ? ("-", text[1..]) : text.StartsWith('+') ? ("", text[1..]) : ("", text);
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        return digits.Length is 0 or > 20 || text.StartsWith('_') ? null
            : Octal().IsMatch(digits) ? sign + Convert.ToUInt64(digits.TrimStart('0', 'o').PadLeft(1, '0'), 8).ToString(CultureInfo.InvariantCulture)
            : digits.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(digits.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex) ? sign + hex.ToString(CultureInfo.InvariantCulture)
            : JsonNumber().IsMatch(digits) ? sign + digits
            : Fraction().IsMatch(digits) && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && double.IsFinite(fraction)
                ? sign + fraction.ToString("R", CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,40})?([eE][-+]?[0-9]{1,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();

    [GeneratedRegex(@"\A0o?[0-7]{1,18}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();

    [GeneratedRegex(@"\A(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Fraction();
}
