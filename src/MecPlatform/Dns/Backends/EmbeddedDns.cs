using System.Net;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>The responder of this process: it answers from the table itself, so nothing can differ.</summary>
internal sealed class EmbeddedDns(DnsServer server) : IDnsBackend
{
    public string Kind => "embedded";

    public IPEndPoint Address => server.Address;

    public DnsBackendStanding Standing => new(IsUp: true, 0, 0);

    public Task Begin(CancellationToken cancel) => server.StartAsync(cancel);

    public Task End(CancellationToken cancel) => server.StopAsync(cancel);

    public Task Settle(string appInstanceId, CancellationToken cancel) => Task.CompletedTask;

    public string? WhyNot(string appInstanceId) => null;
}
