using System.Buffers.Binary;

namespace Mano.Packages.Csar;

/// <summary>
/// Bounds the central directory before anything parses it: a directory of millions of entries costs memory long
/// before the first of them can be looked at.
/// </summary>
internal static class ZipDirectory
{
    private const int EndRecord = 22;
    private const int Zip64Locator = 20;
    private const uint EndSignature = 0x06054b50;
    private const uint Zip64LocatorSignature = 0x07064b50;
    private const uint Zip64EndSignature = 0x06064b50;

    // A directory entry is 46 bytes and a name; comments and extra fields are small in honest archives.
    private const int BytesPerEntry = 1024;

    /// <returns>A sentence saying what is wrong, or null.</returns>
    internal static string? Check(Stream zip, PackageLimits limits)
    {
        var tail = new byte[(int)Math.Min(zip.Length, EndRecord + ushort.MaxValue + Zip64Locator)];
        zip.Position = zip.Length - tail.Length;
        zip.ReadExactly(tail);
        for (var i = tail.Length - EndRecord; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(i)) == EndSignature)
            {
                return CheckEnd(zip, tail, i, limits);
            }
        }

        return "The archive is cut off: it has no end record.";
    }

    private static string? CheckEnd(Stream zip, byte[] tail, int at, PackageLimits limits)
    {
        long entries = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 10));
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        var locator = at - Zip64Locator;
        if (locator >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(locator)) == Zip64LocatorSignature)
        {
            var record = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locator + 8));
            var bytes = new byte[56];
            if (record < 0 || record > zip.Length - bytes.Length)
            {
                return "The archive is broken: its ZIP64 record lies outside it.";
            }

            zip.Position = record;
            zip.ReadExactly(bytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Zip64EndSignature)
            {
                return "The archive is broken: its ZIP64 record is not where it says.";
            }

            (entries, offset) = (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(32)), BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(48)));
        }

        if (entries < 0 || entries > limits.MaxEntries)
        {
            return $"The archive has {entries} entries; at most {limits.MaxEntries} are read.";
        }

        if (offset < 0 || offset > zip.Length)
        {
            return "The archive is broken: its directory lies outside it.";
        }

        // What is parsed runs from here to the end, whatever the record claims.
        return zip.Length - offset > (long)limits.MaxEntries * BytesPerEntry + tail.Length
            ? $"The archive's directory has {zip.Length - offset} bytes, more than {limits.MaxEntries} entries need."
            : null;
    }
}
