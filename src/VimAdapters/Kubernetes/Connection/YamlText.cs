using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>YAML read as Kubernetes reads it: into JSON, with YAML 1.1's plain words for true and false.</summary>
internal static class YamlText
{
    private const int MaxDepth = 100;

    /// <summary>The documents of a text; empty ones are left out. Ill-formed text throws <see cref="FormatException"/> with the place.</summary>
    public static IReadOnlyList<JsonNode> Documents(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
            return [.. stream.Documents.Select(d => Node(d.RootNode, 0)).OfType<JsonNode>()];
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line.ToString(CultureInfo.InvariantCulture)}: {e.Message}", e);
        }
    }

    private static JsonNode? Node(YamlNode node, int depth) => node switch
    {
        _ when depth > MaxDepth => throw new FormatException("it is nested too deeply, or refers to itself."),
        YamlMappingNode map => Object(map, depth),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(c => Node(c, depth + 1))]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new FormatException($"line {node.Start.Line.ToString(CultureInfo.InvariantCulture)}: a {node.NodeType} is not known."),
    };

    private static JsonObject Object(YamlMappingNode map, int depth)
    {
        var result = new JsonObject();
        foreach (var (key, value) in map.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? throw new FormatException($"line {key.Start.Line.ToString(CultureInfo.InvariantCulture)}: a key is no text.");
            result[name] = Node(value, depth + 1);
        }

        return result;
    }

    private static JsonValue? Plain(string text) => text switch
    {
        "" or "null" or "Null" or "NULL" or "~" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => JsonValue.Create(true),
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => JsonValue.Create(false),
        _ when long.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && !IsOctal(text) =>
            JsonValue.Create(number),
        _ when IsOctal(text) => JsonValue.Create(Convert.ToInt64(text, 8)),
        _ when LooksLikeNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    // defaultMode: 0440 means 288.
    private static bool IsOctal(string text) => text.Length > 1 && text[0] == '0' && text.All(c => c is >= '0' and <= '7');

    private static bool LooksLikeNumber(string text) => text.Any(char.IsAsciiDigit) && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'e' or 'E');
}
