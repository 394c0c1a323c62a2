namespace Mano.MecPlatform.Dns;

/// <summary>Record and query types that the responder knows by name (RFC 1035 3.2.2, RFC 3596, RFC 6891).</summary>
internal enum DnsType
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Txt = 16,
    Aaaa = 28,
    Opt = 41,
    Ixfr = 251,
    Axfr = 252,
    Any = 255,
}

/// <summary>Response codes (RFC 1035 4.1.1, RFC 6891 9).</summary>
internal enum DnsResponseCode
{
    NoError = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
    BadVersion = 16,
}

/// <summary>Numbers of the message format.</summary>
internal static class DnsWire
{
    public const int HeaderLength = 12;
    public const int ClassInternet = 1;
    public const int MaxNameLength = 255;
    public const int MaxMessage = 65535;

    /// <summary>What a client without EDNS takes over UDP (RFC 1035 4.2.1).</summary>
    public const int ClassicUdpSize = 512;

    /// <summary>What we offer and send over UDP at most: no fragments on any usual path (DNS Flag Day 2020).</summary>
    public const int UdpSize = 1232;

    public const int ResponseBit = 0x8000;
    public const int AuthoritativeBit = 0x0400;
    public const int TruncatedBit = 0x0200;
    public const int RecursionDesiredBit = 0x0100;
    public const int RecursionAvailableBit = 0x0080;
    public const int CheckingDisabledBit = 0x0010;
    public const int OpcodeMask = 0x7800;
}

/// <summary>The question of a query.</summary>
/// <param name="Name">In lower case.</param>
/// <param name="Type">A <see cref="DnsType"/> or any other number.</param>
/// <param name="Class">1 is Internet.</param>
internal readonly record struct DnsQuestion(DomainName Name, DnsType Type, int Class);

/// <summary>The OPT record of a query (RFC 6891).</summary>
internal sealed record DnsExtension(int UdpSize, int Version, bool DnssecOk);

/// <summary>A query as far as answering needs it.</summary>
/// <param name="Id">To be repeated in the answer.</param>
/// <param name="Flags">The flag word as received.</param>
/// <param name="Question">The one question.</param>
/// <param name="QuestionBytes">The same as received: the answer repeats it with its letter case.</param>
/// <param name="Extension">Null if the client does not speak EDNS.</param>
internal sealed record DnsQuery(int Id, int Flags, DnsQuestion Question, ReadOnlyMemory<byte> QuestionBytes, DnsExtension? Extension)
{
    public bool RecursionDesired => (Flags & DnsWire.RecursionDesiredBit) != 0;

    /// <summary>How many bytes the client takes over UDP.</summary>
    public int UdpLimit => Extension is null
        ? DnsWire.ClassicUdpSize
        : Math.Clamp(Extension.UdpSize, DnsWire.ClassicUdpSize, DnsWire.UdpSize);
}
