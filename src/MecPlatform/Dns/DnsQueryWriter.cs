namespace Mano.MecPlatform.Dns;

/// <summary>Writes queries: what the gateway asks its own responder, and what we ask a server to see that it does as told.</summary>
internal static class DnsQueryWriter
{
    public static byte[] Write(int id, DomainName name, DnsType type, int @class = DnsWire.ClassInternet) => new MessageBuffer()
        .Word(id).Word(DnsWire.RecursionDesiredBit).Word(1).Word(0).Word(0).Word(0)
        .Name(name).Word((int)type).Word(@class)
        .ToArray();
}
