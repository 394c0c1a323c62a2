namespace Mano.Packages.Csar;

/// <summary>The checksum of ZIP entries; the archive reader of .NET does not check it.</summary>
internal struct Crc32()
{
    private static readonly uint[] Table = MakeTable();
    private uint _value = uint.MaxValue;

    internal readonly uint Value => ~_value;

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var value = _value;
        foreach (var b in bytes)
        {
            value = Table[(byte)(value ^ b)] ^ (value >> 8);
        }

        _value = value;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
            }

            table[i] = value;
        }

        return table;
    }
}
