using System.Buffers.Binary;

namespace Mano.MecPlatform.Dns;

/// <summary>Writes responses. Pure.</summary>
internal static class DnsResponseWriter
{
    /// <summary>How long a resolver may remember that there was no answer: short, because a rule may become active at any moment.</summary>
    public const uint NegativeTtlSeconds = 5;

    /// <summary>The response, or, if it has more than <paramref name="limit"/> bytes, its head with the TC bit.</summary>
    public static byte[] Write(DnsQuery query, DnsAnswer answer, bool recursionAvailable, int limit)
    {
        var full = Build(query, answer, recursionAvailable, truncated: false);
        return full.Length <= limit
            ? full
            : Build(query, answer with { Addresses = [], Authority = null }, recursionAvailable, truncated: true);
    }

    /// <summary>Tells the client to ask again over TCP: the upstream's answer does not fit.</summary>
    public static byte[] WriteTruncated(DnsQuery query) =>
        Build(query, DnsAnswer.Error(DnsResponseCode.NoError), recursionAvailable: true, truncated: true);

    /// <summary>The answer to something that is not a readable query: its header and the code.</summary>
    public static byte[] WriteRefusal(ReadOnlySpan<byte> message, DnsResponseCode code)
    {
        var response = new byte[DnsWire.HeaderLength];
        message[..2].CopyTo(response);
        var flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        var kept = flags & (DnsWire.OpcodeMask | DnsWire.RecursionDesiredBit);
        BinaryPrimitives.WriteUInt16BigEndian(response.AsSpan(2), (ushort)(DnsWire.ResponseBit | kept | (int)code));
        return response;
    }

    private static byte[] Build(DnsQuery query, DnsAnswer answer, bool recursionAvailable, bool truncated)
    {
        var message = new MessageBuffer();
        var flags = DnsWire.ResponseBit
            | (query.Flags & (DnsWire.RecursionDesiredBit | DnsWire.CheckingDisabledBit))
            | (answer.Authoritative ? DnsWire.AuthoritativeBit : 0)
            | (truncated ? DnsWire.TruncatedBit : 0)
            | (recursionAvailable ? DnsWire.RecursionAvailableBit : 0)
            | ((int)answer.Code & 0xf);
        var (start, startIsAnswer) = (answer.Authority is null ? 0 : 1, answer.AuthorityIsAnswer ? 1 : 0);
        message.Word(query.Id).Word(flags).Word(1).Word(answer.Addresses.Count + (start & startIsAnswer));
        message.Word(start & ~startIsAnswer).Word(query.Extension is null ? 0 : 1);
        message.Bytes(query.QuestionBytes.Span);
        foreach (var address in answer.Addresses)
        {
            var data = address.Address.GetAddressBytes();
            message.Word(0xc000 | DnsWire.HeaderLength).Word((int)address.Type).Word(DnsWire.ClassInternet).Long(address.TtlSeconds);
            message.Word(data.Length).Bytes(data);
        }

        if (answer.Authority is { } authority)
        {
            WriteStartOfAuthority(message, authority);
        }

        if (query.Extension is { } extension)
        {
            var high = (uint)((int)answer.Code >> 4) << 24;
            message.Byte(0).Word((int)DnsType.Opt).Word(DnsWire.UdpSize).Long(high | (extension.DnssecOk ? 0x8000u : 0)).Word(0);
        }

        return message.ToArray();
    }

    private static void WriteStartOfAuthority(MessageBuffer message, DomainName zone)
    {
        message.Name(zone).Word((int)DnsType.Soa).Word(DnsWire.ClassInternet).Long(NegativeTtlSeconds);
        var data = new MessageBuffer().Name(zone).Name(DomainName.FromWire("hostmaster." + zone.Text));
        data.Long(1).Long(3600).Long(600).Long(86400).Long(NegativeTtlSeconds);
        message.Word(data.Length).Bytes(data.ToArray());
    }
}
