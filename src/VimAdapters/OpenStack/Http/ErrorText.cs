using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mano.VimAdapters.OpenStack.Http;

/// <summary>
/// What a service says when it refuses. Each has its own shape: Nova <c>{"badRequest": {"message"}}</c>, Neutron
/// <c>{"NeutronError": {"type", "message"}}</c>, Placement <c>{"errors": [{"title", "detail"}]}</c>, Glance plain text or HTML.
/// </summary>
internal static partial class ErrorText
{
    private const int MaxLength = 500;

    public static (string Kind, string Sentence) Of(string body, HttpStatusCode status)
    {
        if (body.AsSpan().TrimStart() is ['{', ..])
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                if (Find(document.RootElement, 0) is { } found)
                {
                    return (found.Kind, OneLine(found.Sentence));
                }
            }
            catch (JsonException)
            {
                // No JSON after all: shown as it is.
            }
        }

        var text = OneLine(Tags().Replace(body, " "));
        return ("", text.Length == 0 ? status.ToString() : text);
    }

    public static string OneLine(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : line[..MaxLength] + "…";
    }

    private static (string Kind, string Sentence)? Find(JsonElement element, int depth)
    {
        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
        {
            return Find(element[0], depth + 1);
        }

        if (element.ValueKind != JsonValueKind.Object || depth > 3)
        {
            return null;
        }

        if ((Text(element, "detail") ?? "").Length > 0 && Text(element, "title") is { } title && !element.TryGetProperty("message", out _))
        {
            return (title, Text(element, "detail")!);
        }

        if (Text(element, "message") is { Length: > 0 } message)
        {
            return (Text(element, "type") ?? Text(element, "title") ?? "", message);
        }

        foreach (var property in element.EnumerateObject())
        {
            if (Find(property.Value, depth + 1) is { } found)
            {
                return found.Kind.Length > 0 ? found : (property.Name, found.Sentence);
            }
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();
}
