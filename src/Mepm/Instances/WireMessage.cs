namespace Mano.Mepm.Instances;

/// <summary>
/// A message of another part that this process keeps for a moment and passes on unread, as it arrived: nothing is lost of
/// what this version does not know. Compared byte by byte.
/// </summary>
public sealed class WireMessage(byte[] bytes) : IEquatable<WireMessage>
{
    public ReadOnlySpan<byte> Bytes => bytes;

    public bool Equals(WireMessage? other) => other is not null && Bytes.SequenceEqual(other.Bytes);

    public override bool Equals(object? obj) => Equals(obj as WireMessage);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        return hash.ToHashCode();
    }
}
