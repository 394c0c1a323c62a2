using System.Net;
using System.Net.Sockets;
using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.MecPlatform.Dns;
using Mano.Platform.V1;
using DnsRule = Mano.Common.V1.DnsRule;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>The platform as a process, with a backend, and a user who asks over the wire.</summary>
internal sealed class BackendWorld : IAsyncDisposable
{
    public const string PlatformId = "edge-7";

    private readonly TempFolder folder = new();
    private readonly string[] more;
    private DaemonProcess? process;
    private GrpcChannel? channel;

    private BackendWorld(DnsTestServer server, string[] more) => (Server, this.more) = (server, more);

    public DnsTestServer Server { get; }

    public DaemonProcess Process => process!;

    public static Task<BackendWorld> Start(string kind, params string[] more) => Start(BackendAttribute.Server(kind), more);

    public static async Task<BackendWorld> Start(DnsTestServer server, params string[] more)
    {
        var world = new BackendWorld(server, more);
        await server.Start();
        await world.StartPlatform();
        return world;
    }

    public async Task StartPlatform()
    {
        channel?.Dispose();
        channel = null;
        if (process is not null)
        {
            await process.StartAsync();
            return;
        }

        process = await DaemonProcess.StartAsync("MecPlatform",
            ["--data", folder.FullPath, "--platform-id", PlatformId, "--dns", $"{Server.Address}", "--dns-zone", DnsTestServer.Zone, .. Server.PlatformFlags, .. more]);
    }

    public void KillPlatform() => Process.Kill();

    /// <summary>An instance with these DNS rules that is ready at once.</summary>
    public async Task<Application> Activate(string id, string address, params (string Name, string Address)[] names)
    {
        await Configure(id, 1, names);
        return await Run(id, address);
    }

    public async Task Configure(string id, long generation, params (string Name, string Address)[] names)
    {
        var configuration = new PlatformConfiguration { AppName = "shop", SupportsMp1 = false };
        configuration.DnsRules.AddRange(names.Select((n, i) => new DnsRule
        {
            DnsRuleId = $"d{i}", DomainName = n.Name, IpAddress = n.Address, TtlSeconds = DnsTestServer.Ttl,
            IpAddressType = n.Address.Contains(':', StringComparison.Ordinal) ? DnsRule.Types.IpAddressType.IpV6 : DnsRule.Types.IpAddressType.IpV4,
        }));
        await Mm5().EnsureApplicationAsync(new() { AppInstanceId = id, Generation = generation, Configuration = configuration });
    }

    public async Task<Application> Run(string id, string address, string incarnation = "i1", long generation = 1) => (await Mm5().SetRunningAsync(
        new() { AppInstanceId = id, Generation = generation, Endpoint = new() { Address = address }, Incarnation = incarnation })).Application;

    public async Task<Application> Drain(string id, long generation = 9) => (await Mm5().DrainApplicationAsync(
        new() { AppInstanceId = id, Generation = generation, OperationAction = OperationAction.Terminating, GracefulTimeout = new() })).Application;

    public async Task Remove(string id, long generation = 9) => await Mm5().RemoveApplicationIfAnyAsync(new() { AppInstanceId = id, Generation = generation });

    public async Task<Application> Get(string id) => (await Mm5().GetApplicationAsync(new() { AppInstanceId = id })).Application;

    /// <summary>The addresses that a user gets now, in order; null if nobody answers.</summary>
    public async Task<string?> Ask(string name, DnsType type = DnsType.A, bool tcp = false) =>
        await Message(name, type, tcp) is { } message ? string.Join(' ', Records(message).Select(r => r.Address).Order(StringComparer.Ordinal)) : null;

    public async Task<byte[]?> Message(string name, DnsType type = DnsType.A, bool tcp = false)
    {
        var query = RawDns.Query(0x4711, name, type);
        try
        {
            return tcp ? await RawDns.AskTcp(Server.Address, query) : await RawDns.AskUdp(Server.Address, query);
        }
        catch (Exception down) when (down is SocketException or IOException)
        {
            return null;
        }
    }

    /// <summary>The answer section.</summary>
    public static IReadOnlyList<(string Address, uint Ttl)> Records(byte[] message)
    {
        var at = DnsWire.HeaderLength;
        Assert.True(DnsNameReader.TryRead(message, ref at, out _));
        at += 4;
        var records = new List<(string, uint)>();
        for (var left = (message[6] << 8) | message[7]; left > 0; left--)
        {
            Assert.True(DnsRecordReader.TryRead(message, ref at, out var record));
            records.Add((new IPAddress(message.AsSpan(record.DataStart, record.DataLength)).ToString(), record.Ttl));
        }

        return records;
    }

    /// <summary>The value of a metric of this platform.</summary>
    public async Task<string> Metric(string name)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(Process.Ready["http"] + "/metrics"));
        return text.Split('\n').Single(l => l.StartsWith(name + "{", StringComparison.Ordinal)).Split(' ')[^1];
    }

    public async ValueTask DisposeAsync()
    {
        channel?.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        await Server.DisposeAsync();
        folder.Dispose();
    }

    private PlatformService.PlatformServiceClient Mm5() => new(channel ??= GrpcChannel.ForAddress(Process.Ready["grpc"]));
}
