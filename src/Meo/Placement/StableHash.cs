using System.Text;

namespace Mano.Meo.Placement;

/// <summary>A hash that is the same in every process and version: FNV-1a, 64 bits, with a final mix so that near names land far apart.</summary>
internal static class StableHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(string seed, string text)
    {
        var hash = Add(Add(Offset, seed) * Prime, text);
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        return hash ^ (hash >> 33);
    }

    private static ulong Add(ulong hash, string text)
    {
        Span<byte> room = stackalloc byte[256];
        foreach (var octet in Encoding.UTF8.TryGetBytes(text, room, out var length) ? room[..length] : Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * Prime;
        }

        return hash;
    }
}
