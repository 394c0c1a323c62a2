using System.Text;

namespace Mano.MecPlatform.Dns;

/// <summary>A message being written, big-endian.</summary>
internal sealed class MessageBuffer
{
    private readonly List<byte> bytes = new(DnsWire.ClassicUdpSize);

    public int Length => bytes.Count;

    public MessageBuffer Byte(int value)
    {
        bytes.Add((byte)value);
        return this;
    }

    public MessageBuffer Word(int value) => Byte(value >> 8).Byte(value);

    public MessageBuffer Long(uint value) => Word((int)(value >> 16)).Word((int)(value & 0xffff));

    public MessageBuffer Bytes(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
    }

    /// <summary>Only names of our own rules and zones are written here; they hold no escapes.</summary>
    public MessageBuffer Name(DomainName name)
    {
        foreach (var label in name.Text.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            Byte(label.Length).Bytes(Encoding.ASCII.GetBytes(label));
        }

        return Byte(0);
    }

    public byte[] ToArray() => [.. bytes];
}
