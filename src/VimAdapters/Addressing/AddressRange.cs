using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Mano.VimAdapters.Addressing;

/// <summary>
/// A range of IPv4 addresses, as <c>127.77.0.0/16</c>, of which each compute gets one. The first and the last are
/// left out, as in any subnet. A slot is a place in the range, from 0.
/// </summary>
internal sealed class AddressRange
{
    private readonly uint first;

    private AddressRange(uint first, int count, string text) => (this.first, Count, Text) = (first, count, text);

    /// <summary>How many computes can have an address.</summary>
    public int Count { get; }

    private string Text { get; }

    /// <summary>Reads a range; null and a sentence where it is none.</summary>
    public static AddressRange? TryParse(string text, out string fault)
    {
        var parts = text.Split('/');
        if (parts.Length != 2
            || !IPAddress.TryParse(parts[0], out var address) || address.AddressFamily != AddressFamily.InterNetwork
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits is < 8 or > 30)
        {
            fault = $"'{text}' is no range of IPv4 addresses; something like 127.77.0.0/16, with a prefix of 8 to 30, would be right.";
            return null;
        }

        var size = 1u << (32 - bits);
        var network = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes()) & ~(size - 1);
        fault = "";
        return new(network + 1, (int)Math.Min(size - 2, 65534), text);
    }

    /// <summary>The address of a slot.</summary>
    public string At(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, Count);
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, first + (uint)slot);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>The slot of an address; null where it lies outside.</summary>
    public int? SlotOf(string address)
    {
        if (!IPAddress.TryParse(address, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetwork)
        {
            return null;
        }

        var offset = (long)BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes()) - first;
        return offset >= 0 && offset < Count ? (int)offset : null;
    }

    public override string ToString() => Text;
}
