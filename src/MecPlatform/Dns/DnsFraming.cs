using System.Buffers.Binary;

namespace Mano.MecPlatform.Dns;

/// <summary>Messages over TCP: two bytes of length before each (RFC 1035 4.2.2).</summary>
internal static class DnsFraming
{
    public static async Task Write(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        var framed = new byte[message.Length + 2]; // one write, so that both travel in one segment (RFC 7766 8)
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsMemory(2));
        await stream.WriteAsync(framed, cancel);
    }

    /// <summary>The next message; null when the other side has finished, also in the middle of one, or announces more than <paramref name="limit"/> bytes.</summary>
    public static async Task<byte[]?> Read(Stream stream, CancellationToken cancel, int limit = DnsWire.MaxMessage)
    {
        var prefix = new byte[2];
        if (await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, cancel) < 2)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(prefix);
        if (length > limit)
        {
            return null;
        }

        var message = new byte[length];
        return await stream.ReadAtLeastAsync(message, length, throwOnEndOfStream: false, cancel) < length ? null : message;
    }
}
