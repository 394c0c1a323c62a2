using System.Net;
using System.Net.Sockets;
using System.Text;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.MecPlatform.Tests.Traffic;

public sealed class GatewayTests : IAsyncLifetime
{
    private const string Instance = "127.0.6.1";
    private readonly FlowRegistry flows = new();
    private readonly DnsTable names = new();
    private readonly DnsForwarder forwarder = new(null, TimeSpan.FromSeconds(1), TimeProvider.System);
    private readonly UserspaceDataPlane plane;
    private readonly ManualClock clock = new();
    private readonly List<SocksGateway> started = [];

    public GatewayTests() => plane = new(flows);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var gateway in started)
        {
            await gateway.StopAsync(CancellationToken.None);
            gateway.Dispose();
        }

        forwarder.Dispose();
    }

    [Fact]
    public async Task A_forwarding_rule_leads_to_the_instance_at_the_port_that_was_asked_for()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", dst: "203.0.113.10", port: app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect("203.0.113.10", app.Port));
        await client.Stream.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", Encoding.ASCII.GetString(await client.Take(5)));
        await Eventually.Is(() => plane.TrafficOf("app-1", "r") == new RuleTraffic(1, 10));
    }

    [Fact]
    public async Task A_forwarding_rule_leads_to_the_only_port_that_the_application_declares()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        plane.Apply("app-1", new(IPAddress.Parse(Instance), [app.Port]), [Forward("r", dst: "203.0.113.10", port: 80)]);
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect("203.0.113.10", 80));
    }

    [Fact]
    public async Task Names_are_resolved_by_the_active_DNS_rules()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", dst: Instance, port: app.Port));
        Assert.True(DomainName.TryParse("shop.example", out var name, out _));
        names.Apply("app-1", [new("d", name, new(IPAddress.Parse(Instance), 1))]);
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect("SHOP.example", app.Port));
        using var lost = await SocksClient.Open(gateway.Address);
        Assert.Equal((int)SocksReply.HostUnreachable, await lost.Connect("nobody.example", app.Port));
    }

    [Fact]
    public async Task IPv6_destinations_are_matched_and_forwarded()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", dst: "2001:db8::/64", port: app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect("2001:db8::99", app.Port));
    }

    [Fact]
    public async Task Without_a_rule_or_with_DROP_the_connection_is_not_allowed()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        using var none = await SocksClient.Open(gateway.Address);
        Assert.Equal((int)SocksReply.NotAllowed, await none.Connect(Instance, app.Port));
        Apply(Forward("low", Instance, app.Port) with { Priority = 9 }, Forward("drop", Instance, app.Port) with { Action = RuleAction.Drop });
        using var dropped = await SocksClient.Open(gateway.Address);
        Assert.Equal((int)SocksReply.NotAllowed, await dropped.Connect(Instance, app.Port));
        Assert.Equal(1, plane.TrafficOf("app-1", "drop").Connections);
    }

    [Fact]
    public async Task PASSTHROUGH_reaches_the_original_destination_only_where_it_is_allowed()
    {
        using var cloud = new EchoApp("127.0.6.99");
        Apply(Forward("r", "127.0.6.99", cloud.Port) with { Action = RuleAction.Passthrough });
        using var refused = await SocksClient.Open((await Start()).Address);
        Assert.Equal((int)SocksReply.NotAllowed, await refused.Connect("127.0.6.99", cloud.Port));
        using var allowed = await SocksClient.Open((await Start(new() { Passthrough = true })).Address);
        Assert.Equal(0, await allowed.Connect("127.0.6.99", cloud.Port));
    }

    [Fact]
    public async Task The_source_address_decides_where_the_rule_says_so()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port) with { Filters = [new TrafficFilter { SrcAddress = ["127.0.9.0/24"] }] });
        using var inside = await SocksClient.Open(gateway.Address, "127.0.9.7");
        Assert.Equal(0, await inside.Connect(Instance, app.Port));
        using var outside = await SocksClient.Open(gateway.Address, "127.0.8.7");
        Assert.Equal((int)SocksReply.NotAllowed, await outside.Connect(Instance, app.Port));
    }

    [Fact]
    public async Task UDP_ASSOCIATE_and_BIND_are_not_supported_and_a_closed_port_is_refused()
    {
        var gateway = await Start();
        foreach (var command in (byte[])[2, 3])
        {
            using var client = await SocksClient.Open(gateway.Address);
            Assert.Equal((int)SocksReply.CommandNotSupported, await client.Connect(Instance, 80, command));
        }

        Apply(Forward("r", Instance, 1));
        using var closed = await SocksClient.Open(gateway.Address);
        Assert.Equal((int)SocksReply.ConnectionRefused, await closed.Connect(Instance, 1));
    }

    [Fact]
    public async Task Whoever_speaks_something_else_or_wants_to_authenticate_is_sent_away()
    {
        var gateway = await Start();
        using var http = await SocksClient.Open(gateway.Address);
        await http.Stream.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await http.Ends();
        using var authenticating = await SocksClient.Open(gateway.Address);
        await authenticating.Stream.WriteAsync(new byte[] { 5, 1, 2 });
        Assert.Equal(new byte[] { 5, 0xff }, await authenticating.Take(2));
        await authenticating.Ends();
    }

    [Fact]
    public async Task The_end_of_one_direction_is_passed_on_while_the_other_goes_on()
    {
        using var app = new EchoApp(Instance, answerAtEnd: true);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect(Instance, app.Port));
        await client.Stream.WriteAsync("12345"u8.ToArray());
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("5 bytes", Encoding.ASCII.GetString(await client.TakeAll()));
        await Eventually.Is(() => flows.Count == 0);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_the_sender_and_loses_nothing()
    {
        const int size = 32 * 1024 * 1024;
        using var app = new EchoApp(Instance, sendAtOnce: size);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect(Instance, app.Port));

        // Until nothing moves any more: all buffers on the way are full, and far from all was taken.
        long before = -1;
        await Eventually.Is(async () =>
        {
            var now = Interlocked.Read(ref app.Sent);
            var still = now == before && now > 0;
            before = now;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            return still;
        });
        Assert.True(before < size, $"{before} bytes were taken from the application though nobody read them");
        Assert.Equal(size, (await client.TakeAll()).Length);
    }

    [Fact]
    public async Task Withdrawn_rules_stop_new_connections_and_leave_the_others_until_the_instance_is_drained()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port));
        using var old = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await old.Connect(Instance, app.Port));
        plane.Apply("app-1", new(IPAddress.Parse(Instance), []), []);
        using var late = await SocksClient.Open(gateway.Address);
        Assert.Equal((int)SocksReply.NotAllowed, await late.Connect(Instance, app.Port));
        await old.Stream.WriteAsync("still"u8.ToArray());
        Assert.Equal("still", Encoding.ASCII.GetString(await old.Take(5)));
        plane.CloseFlows("app-1");
        await old.Ends();
        await Eventually.Is(() => gateway.OpenConnections == 0);
    }

    [Fact]
    public async Task An_idle_connection_and_a_silent_handshake_are_ended()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect(Instance, app.Port));
        await client.Stream.WriteAsync("x"u8.ToArray());
        await client.Take(1); // it came through the relay: how long that is idle is counted by now
        using var silent = await SocksClient.Open(gateway.Address);
        await silent.Stream.WriteAsync(new byte[] { 5, 1, 0 });
        await silent.Take(2);
        clock.Advance(TimeSpan.FromSeconds(11));
        await silent.Ends();
        await Eventually.Is(() => gateway.OpenConnections == 1);
        clock.Advance(TimeSpan.FromMinutes(5));
        await client.Ends();
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_at_once()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start(new() { MaxConnections = 1 });
        Apply(Forward("r", Instance, app.Port));
        using var first = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await first.Connect(Instance, app.Port));
        using var second = await SocksClient.Open(gateway.Address);
        await second.Ends();
        Assert.Equal(1, gateway.RefusedTotal);
    }

    [Fact]
    public async Task An_application_that_breaks_the_connection_ends_it_for_the_device()
    {
        using var app = new EchoApp(Instance);
        var gateway = await Start();
        Apply(Forward("r", Instance, app.Port));
        using var client = await SocksClient.Open(gateway.Address);
        Assert.Equal(0, await client.Connect(Instance, app.Port));
        await client.Stream.WriteAsync("x"u8.ToArray());
        await client.Take(1);
        app.Reset();
        await client.Ends();
    }

    private static TrafficRule Forward(string id, string dst, int port) =>
        new(id, FilterType.Flow, 1, [new TrafficFilter { DstAddress = [dst], DstPort = [$"{port}"], Protocol = ["TCP"] }], RuleAction.ForwardDecapsulated, []);

    private void Apply(params TrafficRule[] rules) => plane.Apply("app-1", new(IPAddress.Parse(Instance), []), rules);

    private async Task<SocksGateway> Start(GatewayOptions? options = null)
    {
        options ??= new();
        var responder = new DnsResponder(names, new(), forwarder, new());
        var connection = new GatewayConnection(new(plane, responder, options), plane, flows, options, clock);
        var gateway = new SocksGateway(connection, options, NullLogger<SocksGateway>.Instance);
        started.Add(gateway);
        await gateway.StartAsync(CancellationToken.None);
        return gateway;
    }
}
