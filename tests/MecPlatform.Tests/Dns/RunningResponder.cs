using System.Net;
using Mano.MecPlatform.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.MecPlatform.Tests.Dns;

/// <summary>The embedded DNS server on real ports, without a platform around it.</summary>
internal sealed class RunningResponder : IAsyncDisposable
{
    private readonly DnsForwarder forwarder;
    private readonly DnsServer server;

    private RunningResponder(DnsTable table, DnsOptions options, TimeProvider clock)
    {
        forwarder = new(options.Upstream, options.UpstreamTimeout, clock);
        Responder = new(table, options, forwarder, Counters);
        server = new(Responder, options, clock, NullLogger<DnsServer>.Instance);
    }

    public DnsCounters Counters { get; } = new();

    public DnsResponder Responder { get; }

    public IPEndPoint Address => server.Address;

    public static async Task<RunningResponder> Start(DnsTable table, DnsOptions options, TimeProvider? clock = null)
    {
        var running = new RunningResponder(table, options, clock ?? TimeProvider.System);
        await running.server.StartAsync(CancellationToken.None);
        return running;
    }

    public static DomainName Name(string text) => DomainName.TryParse(text, out var name, out var fault) ? name : throw new FormatException(fault);

    public static DnsEntry Entry(string name, string address, uint ttl = 30, string rule = "rule") => new(rule, Name(name), new(IPAddress.Parse(address), ttl));

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync(CancellationToken.None);
        server.Dispose();
        forwarder.Dispose();
    }
}
