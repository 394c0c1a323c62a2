using System.Text.Json;
using Google.Protobuf;
using Mano.Mepm.Instances;

namespace Mano.Mepm.Wire;

/// <summary>
/// Messages that this process passes on unread. What is stored is kept as JSON, so that an operator can read it; a
/// message with fields that JSON cannot name, because this version does not know them, is kept as its bytes beside that.
/// </summary>
internal static class WireText
{
    private const string BytesBeside = """{"@wire":""";

    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static Document ToDocument<T>(this T message)
        where T : IMessage<T>, new()
    {
        var text = JsonFormatter.Default.Format(message);
        return Parser.Parse<T>(text).Equals(message) ? new(text) : new($$"""{{BytesBeside}}"{{message.ToByteString().ToBase64()}}","@json":{{text}}}""");
    }

    public static T ToMessage<T>(this Document document)
        where T : IMessage<T>, new()
    {
        if (!document.Text.StartsWith(BytesBeside, StringComparison.Ordinal))
        {
            return Parser.Parse<T>(document.Text);
        }

        using var both = JsonDocument.Parse(document.Text);
        return Read<T>(both.RootElement.GetProperty("@wire").GetBytesFromBase64());
    }

    public static WireMessage ToBytes(this IMessage message) => new(message.ToByteArray());

    public static T ToMessage<T>(this WireMessage message)
        where T : IMessage<T>, new() => Read<T>(message.Bytes);

    private static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : IMessage<T>, new()
    {
        var message = new T();
        message.MergeFrom(bytes);
        return message;
    }
}
