using System.Text;

namespace Grpc.Core;

/// <summary>Turns messages of one type into bytes and back.</summary>
public class Marshaller<T>
{
    private readonly Func<T, byte[]>? _toBytes;
    private readonly Func<byte[], T>? _fromBytes;
    private readonly Action<T, SerializationContext> _contextualSerializer;
    private readonly Func<DeserializationContext, T> _contextualDeserializer;

    public Marshaller(Func<T, byte[]> serializer, Func<byte[], T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _toBytes = serializer;
        _fromBytes = deserializer;
        _contextualSerializer = (value, context) => context.Complete(serializer(value));
        _contextualDeserializer = context => deserializer(context.PayloadAsNewBuffer());
    }

    public Marshaller(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        ArgumentNullException.ThrowIfNull(deserializer);
        _contextualSerializer = serializer;
        _contextualDeserializer = deserializer;
    }

    /// <summary>Message to a new array; refused where the marshaller works on contexts.</summary>
    public Func<T, byte[]> Serializer => _toBytes ?? throw OnlyContextual();

    /// <summary>Array to message; refused where the marshaller works on contexts.</summary>
    public Func<byte[], T> Deserializer => _fromBytes ?? throw OnlyContextual();

    /// <summary>Writes a message into the buffers of a call.</summary>
    public Action<T, SerializationContext> ContextualSerializer => _contextualSerializer;

    /// <summary>Reads a message from the buffers of a call.</summary>
    public Func<DeserializationContext, T> ContextualDeserializer => _contextualDeserializer;

    private static NotImplementedException OnlyContextual() =>
        new("This marshaller was made from contextual functions: use ContextualSerializer and ContextualDeserializer.");
}

/// <summary>Makes marshallers.</summary>
public static class Marshallers
{
    /// <summary>Strings as UTF-8.</summary>
    public static Marshaller<string> StringMarshaller { get; } = new(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);

    public static Marshaller<T> Create<T>(Func<T, byte[]> serializer, Func<byte[], T> deserializer) => new(serializer, deserializer);

    public static Marshaller<T> Create<T>(Action<T, SerializationContext> serializer, Func<DeserializationContext, T> deserializer) =>
        new(serializer, deserializer);
}
