using System.Net;
using System.Security.Cryptography;

namespace Mano.MecPlatform.Dns;

/// <summary>Answers messages, whatever they came over; also resolves names for the gateway with the same rules.</summary>
internal sealed class DnsResponder(DnsTable table, DnsOptions options, DnsForwarder forwarder, DnsCounters counters)
{
    /// <summary>The answer to send back, or null to say nothing.</summary>
    public async ValueTask<byte[]?> Answer(ReadOnlyMemory<byte> message, bool overTcp, CancellationToken cancel)
    {
        var reading = DnsQueryReader.Read(message);
        if (reading.Query is { } query)
        {
            var limit = overTcp ? DnsWire.MaxMessage : query.UdpLimit;
            var answer = DnsDecision.Decide(query, table.Current, options.Zones, forwarder.HasUpstream);
            return answer is null ? await Forward(query, message, overTcp, limit, cancel) : Write(query, answer, limit);
        }

        if (reading.Refusal is not { } code)
        {
            return null;
        }

        counters.Answered(code);
        return DnsResponseWriter.WriteRefusal(message.Span, code);
    }

    /// <summary>The name's addresses, IPv4 first; none if it cannot be resolved.</summary>
    public async Task<IReadOnlyList<IPAddress>> Resolve(DomainName name, CancellationToken cancel)
    {
        if (table.Current.Active.TryGetValue(name, out var own))
        {
            return [.. own.OrderBy(a => a.Type).Select(a => a.Address)];
        }

        var v4 = await Lookup(name, DnsType.A, cancel);
        return v4.Count > 0 ? v4 : await Lookup(name, DnsType.Aaaa, cancel);
    }

    private async Task<IReadOnlyList<IPAddress>> Lookup(DomainName name, DnsType type, CancellationToken cancel)
    {
        var query = DnsQueryWriter.Write(RandomNumberGenerator.GetInt32(0x10000), name, type);
        var answer = await Answer(query, overTcp: true, cancel);
        return answer is null ? [] : DnsResponseReader.Read(answer)?.Addresses ?? [];
    }

    private async Task<byte[]> Forward(DnsQuery query, ReadOnlyMemory<byte> message, bool overTcp, int limit, CancellationToken cancel)
    {
        counters.Forwarded();
        var relayed = await forwarder.Ask(message, overTcp, cancel);
        if (relayed is null)
        {
            counters.Unanswered();
            return Write(query, DnsAnswer.Error(DnsResponseCode.ServerFailure), limit);
        }

        return relayed.Length <= limit ? relayed : DnsResponseWriter.WriteTruncated(query);
    }

    private byte[] Write(DnsQuery query, DnsAnswer answer, int limit)
    {
        counters.Answered(answer.Code);
        return DnsResponseWriter.Write(query, answer, forwarder.HasUpstream, limit);
    }
}
