using System.Net;
using System.Net.Sockets;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>One of the two tables that the data plane keeps: addresses of both families do not fit in one map.</summary>
/// <param name="Name">As nft spells it: <c>ip</c>, <c>ip6</c>.</param>
/// <param name="Addresses">The family of its addresses.</param>
internal sealed record NftFamily(string Name, AddressFamily Addresses)
{
    /// <summary>What the table is called, in each family.</summary>
    public const string Table = "mano";

    public static readonly NftFamily V4 = new("ip", AddressFamily.InterNetwork);
    public static readonly NftFamily V6 = new("ip6", AddressFamily.InterNetworkV6);

    public static IReadOnlyList<NftFamily> Both { get; } = [V4, V6];

    /// <summary>nft's type of an address.</summary>
    public string AddressType => Addresses == AddressFamily.InterNetwork ? "ipv4_addr" : "ipv6_addr";

    /// <summary>A number as an address of this family.</summary>
    public IPAddress AddressOf(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new(Addresses == AddressFamily.InterNetwork ? bytes[12..] : bytes);
    }
}
