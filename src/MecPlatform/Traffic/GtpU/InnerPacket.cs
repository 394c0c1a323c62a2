using System.Buffers.Binary;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>What may be handed to the kernel: an IP packet that is as long as it says. The kernel looks at the rest.</summary>
internal static class InnerPacket
{
    /// <summary>The packet without what follows it; empty if it is none.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> content)
    {
        var length = content.Length == 0 ? 0 : (content[0] >> 4) switch
        {
            4 when content.Length >= 20 && (content[0] & 15) >= 5 => BinaryPrimitives.ReadUInt16BigEndian(content[2..]),
            6 when content.Length >= 40 => 40 + BinaryPrimitives.ReadUInt16BigEndian(content[4..]),
            _ => 0,
        };
        return length >= 20 && length <= content.Length ? content[..length] : [];
    }
}
