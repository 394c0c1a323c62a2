using Google.Protobuf;
using Mano.Mepm.Instances;

namespace Mano.Mepm.Wire;

/// <summary>Messages that this process passes on unread, as the JSON in which it keeps them.</summary>
internal static class WireText
{
    // Fields that this version does not know are lost here, as in every JSON form of a message.
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static Document ToDocument(this IMessage message) => new(JsonFormatter.Default.Format(message));

    public static T ToMessage<T>(this Document document)
        where T : IMessage<T>, new() => Parser.Parse<T>(document.Text);
}
