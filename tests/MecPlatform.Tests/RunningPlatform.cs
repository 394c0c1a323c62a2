using System.Net;
using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.Mesh.Hosting;
using Mano.Platform.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Mano.MecPlatform.Tests;

/// <summary>A platform in this process, on real ports, with real clients.</summary>
internal sealed class RunningPlatform : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly PlatformOptions options;
    private WebApplication app;
    private GrpcChannel channel = null!;

    private RunningPlatform(WebApplication app, PlatformOptions options, TempFolder folder)
    {
        (this.app, this.options, this.folder) = (app, options, folder);
        Connect();
    }

    public HttpClient Http { get; private set; } = null!;

    public PlatformService.PlatformServiceClient Mm5 { get; private set; } = null!;

    public AppSupportService.AppSupportServiceClient Mp1 { get; private set; } = null!;

    public IPEndPoint Dns { get; private set; } = null!;

    public IPEndPoint Gateway { get; private set; } = null!;

    public static async Task<RunningPlatform> Start(Func<PlatformOptions, PlatformOptions>? adjust = null)
    {
        var folder = new TempFolder();
        var options = new PlatformOptions { DataFolder = folder.FullPath, PlatformId = "edge-1", LogLevel = LogLevel.Warning };
        options = adjust is null ? options : adjust(options);
        var app = PlatformHost.Build(options);
        await app.StartAsync();
        return new(app, options, folder);
    }

    /// <summary>Another platform on what this one stored, on other ports.</summary>
    public async Task Restart()
    {
        Disconnect();
        await app.StopAsync();
        await app.DisposeAsync();
        app = PlatformHost.Build(options);
        await app.StartAsync();
        Connect();
    }

    /// <summary>An instance with a DNS rule for its own address and a traffic rule to it.</summary>
    public static PlatformConfiguration Configuration(string domain = "shop.example", bool mp1 = true)
    {
        var rule = new TrafficRule
        {
            TrafficRuleId = "t1", FilterType = TrafficRule.Types.FilterType.Flow, Priority = 1, Action = TrafficRule.Types.Action.ForwardDecapsulated,
        };
        rule.TrafficFilters.Add(new TrafficFilter { Protocols = { "TCP" } });
        var dns = new DnsRule { DnsRuleId = "d1", DomainName = domain, IpAddressType = DnsRule.Types.IpAddressType.IpV4, IpAddress = "0.0.0.0", TtlSeconds = 7 };
        return new() { AppName = "shop", SupportsMp1 = mp1, TrafficRules = { rule }, DnsRules = { dns } };
    }

    public async Task<Application> Ensure(string id = "app-1", PlatformConfiguration? configuration = null, long generation = 1) =>
        (await Mm5.EnsureApplicationAsync(new() { AppInstanceId = id, Generation = generation, Configuration = configuration ?? Configuration() })).Application;

    public async Task<Application> Run(string id = "app-1", string address = "127.0.7.1", string incarnation = "i1", long generation = 1) =>
        (await Mm5.SetRunningAsync(new() { AppInstanceId = id, Generation = generation, Endpoint = new() { Address = address }, Incarnation = incarnation })).Application;

    public async Task<Application> Drain(TimeSpan timeout, string id = "app-1", long generation = 2) => (await Mm5.DrainApplicationAsync(new()
    {
        AppInstanceId = id,
        Generation = generation,
        OperationAction = OperationAction.Terminating,
        GracefulTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(timeout),
    })).Application;

    public async Task<Application> Get(string id = "app-1") => (await Mm5.GetApplicationAsync(new() { AppInstanceId = id })).Application;

    /// <summary>Stops without hurry: what holds it up holds it up for minutes.</summary>
    public Task Stop()
    {
        app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout = TimeSpan.FromMinutes(5);
        return app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Disconnect();
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private void Connect()
    {
        var bound = BoundAddresses.Of(app);
        channel = GrpcChannel.ForAddress(bound.Grpc);
        Http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Eventually.Patience }) { BaseAddress = new Uri(bound.Http) };
        Mm5 = new(channel);
        Mp1 = new(channel);
        var more = PlatformHost.AddressesOf(app).ToDictionary(a => a.Name, a => a.Value);
        Dns = IPEndPoint.Parse(more["dns"]);
        Gateway = IPEndPoint.Parse(more["gateway"]);
    }

    private void Disconnect()
    {
        Http.Dispose();
        channel.Dispose();
    }
}
