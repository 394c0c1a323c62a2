namespace Mano.MecPlatform.Dns;

/// <summary>Writes queries: what the gateway asks its own responder.</summary>
internal static class DnsQueryWriter
{
    public static byte[] Write(int id, DomainName name, DnsType type) => new MessageBuffer()
        .Word(id).Word(DnsWire.RecursionDesiredBit).Word(1).Word(0).Word(0).Word(0)
        .Name(name).Word((int)type).Word(DnsWire.ClassInternet)
        .ToArray();
}
