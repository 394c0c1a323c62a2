using System.Buffers;
using System.Buffers.Binary;
using Grpc.Core;

namespace Mano.GrpcRuntime.Internal;

/// <summary>Takes messages out of what has arrived; where the bytes come from is the business of the two callers.</summary>
internal sealed class FrameReader : DeserializationContext
{
    // Marshallers are synchronous, so one reader a thread is enough and a call costs none.
    [ThreadStatic]
    private static FrameReader? t_cached;

    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>Takes the first message if it is there in whole; <paramref name="consumed"/> is its length with the header.</summary>
    /// <param name="mayBePacked">Whether <c>grpc-encoding</c> says how messages are packed that are flagged so: with gzip.</param>
    /// <exception cref="RpcException">The header or the message breaks a rule.</exception>
    public static bool TryRead<T>(
        in ReadOnlySequence<byte> buffer, Func<DeserializationContext, T> deserializer, bool mayBePacked, int? maxSize,
        out T? message, out long consumed)
    {
        message = default;
        consumed = 0;
        if (buffer.Length < GrpcProtocol.FrameHeaderLength)
        {
            return false;
        }

        var (compressed, length) = Header(buffer, mayBePacked);
        if (length > maxSize || length > int.MaxValue)
        {
            throw Failures.ReceivedTooLarge(maxSize ?? int.MaxValue, $"{length} bytes");
        }

        var needed = GrpcProtocol.FrameHeaderLength + length;
        if (buffer.Length < needed)
        {
            return false;
        }

        consumed = needed;
        var payload = buffer.Slice(GrpcProtocol.FrameHeaderLength, length);
        if (compressed)
        {
            using var unpacked = GzipMessages.Decompress(payload, maxSize);
            message = Decode(new ReadOnlySequence<byte>(unpacked.Written), deserializer);
        }
        else
        {
            message = Decode(payload, deserializer);
        }

        return true;
    }

    private static (bool Compressed, long Length) Header(in ReadOnlySequence<byte> buffer, bool mayBePacked)
    {
        Span<byte> header = stackalloc byte[GrpcProtocol.FrameHeaderLength];
        buffer.Slice(0, GrpcProtocol.FrameHeaderLength).CopyTo(header);
        if (header[0] > 1)
        {
            throw Failures.BadCompressedFlag(header[0]);
        }

        if (header[0] == 1 && !mayBePacked)
        {
            throw Failures.CompressedWithoutEncoding();
        }

        return (header[0] == 1, BinaryPrimitives.ReadUInt32BigEndian(header[1..]));
    }

    private static T Decode<T>(in ReadOnlySequence<byte> payload, Func<DeserializationContext, T> deserializer)
    {
        var reader = t_cached ?? new FrameReader();
        t_cached = null;
        reader._payload = payload;
        try
        {
            return deserializer(reader);
        }
        catch (Exception ex) when (ex is not RpcException)
        {
            throw Failures.Undecodable(ex);
        }
        finally
        {
            reader._payload = default;
            t_cached = reader;
        }
    }
}
