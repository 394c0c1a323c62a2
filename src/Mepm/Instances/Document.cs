using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mano.Mepm.Instances;

/// <summary>
/// A piece of JSON that this process keeps and passes on without a look inside: what the MEO means for the platform,
/// or what the platform says for the MEO. Stored as JSON inside JSON, so that an operator can read it.
/// </summary>
/// <param name="Text">One JSON value without line breaks of its own; compared letter by letter.</param>
[JsonConverter(typeof(DocumentConverter))]
public sealed record Document(string Text)
{
    public static readonly Document Empty = new("{}");

    public override string ToString() => Text;
}

internal sealed class DocumentConverter : JsonConverter<Document>
{
    public override Document Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var value = JsonDocument.ParseValue(ref reader);
        return new(value.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, Document value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text);
}
