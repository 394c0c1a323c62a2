using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Mano.Common.V1;
using Mano.Mepm.Hosts;
using Mano.Mepm.Tests.Fakes;
using Mano.Mesh.Hosting;
using Mano.Mesh.State.Embedded;
using Mano.Site.V1;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Tests.Grpc;

/// <summary>A whole MEPM in this process, over real gRPC, with the simulated VIM and a fake platform behind real gRPC.</summary>
internal sealed class SiteFixture : IAsyncDisposable
{
    public const string Id = "0197a3f0-0000-7000-8000-000000000001";

    private readonly TempFolder folder = new();
    private readonly Uri? meo;
    private WebApplication? platformApp;
    private GrpcChannel? channel;

    private SiteFixture(Uri? meo)
    {
        this.meo = meo;
        Platform = new(Journal);
    }

    public Journal Journal { get; } = new();

    public FakePlatform Platform { get; }

    public WebApplication Mepm { get; private set; } = null!;

    public SiteService.SiteServiceClient Client { get; private set; } = null!;

    public SiteVimService.SiteVimServiceClient Vims { get; private set; } = null!;

    public string Folder => folder.FullPath;

    public string PlatformAddress => BoundAddresses.Of(platformApp!).Grpc;

    public static async Task<SiteFixture> Start(Uri? meo = null, Func<MepmOptions, MepmOptions>? change = null)
    {
        var site = new SiteFixture(meo);
        site.platformApp = await FakePlatformService.Serve(site.Platform);
        await site.StartMepm(change);
        return site;
    }

    public async Task StartMepm(Func<MepmOptions, MepmOptions>? change = null)
    {
        var options = new MepmOptions
        {
            SiteId = "site-a",
            DataFolder = folder.FullPath,
            Meo = meo is null ? [] : [meo],
            Durability = Durability.Process,
            LogLevel = LogLevel.Warning,
            Hosts =
            [
                new HostOptions
                {
                    HostId = "edge-1", Zone = "a", Vim = "Simulated", Platform = new(BoundAddresses.Of(platformApp!).Grpc), Latency = TimeSpan.FromMilliseconds(5),
                    Hardware = ["gpu"], VimSettings = new Dictionary<string, string> { ["BootTime"] = "00:00:00.05" },
                },
            ],
        };
        Mepm = MepmHost.Build(change?.Invoke(options) ?? options);
        await Mepm.StartAsync();
        channel = GrpcChannel.ForAddress(BoundAddresses.Of(Mepm).Grpc);
        Client = new(channel);
        Vims = new(channel);
    }

    public async Task StopMepm()
    {
        channel?.Dispose();
        await Mepm.StopAsync();
        await Mepm.DisposeAsync();
    }

    public static EnsureAppInstanceRequest Wanted(long generation, string id = Id, string sha256 = "") => new()
    {
        Desired = new()
        {
            AppInstanceId = id,
            Generation = generation,
            HostId = "edge-1",
            PowerState = DesiredAppInstance.Types.PowerState.Started,
            GracefulStopTimeout = Duration.FromTimeSpan(TimeSpan.Zero),
            Compute = new()
            {
                Name = "hello",
                Resources = new() { MilliCpu = 100, MemoryMib = 64, DiskGib = 1 },
                Images = { sha256.Length > 0
                    ? new Image { Id = "i", Name = "hello", Kind = "executable", Sha256 = sha256, SizeBytes = 1 }
                    : new Image { Id = "i", Name = "hello", Kind = "reference", Reference = "nginx:1.25" } },
                Ports = { new Port { Name = "web", Protocol = "TCP", Number = 8080 } },
                Environment = { ["COLOUR"] = "blue" },
            },
            Platform = new() { AppName = "hello", TrafficRules = { new TrafficRule { TrafficRuleId = "r1" } } },
        },
    };

    public async Task<AppInstance?> Get(string id = Id)
    {
        try
        {
            return (await Client.GetAppInstanceAsync(new() { AppInstanceId = id })).AppInstance;
        }
        catch (global::Grpc.Core.RpcException e) when (e.StatusCode == global::Grpc.Core.StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<AppInstance> Until(AppInstance.Types.Phase phase, long generation, string id = Id)
    {
        AppInstance? seen = null;
        await Eventually.Is(async () => (seen = await Get(id)) is { } got && got.Phase == phase && got.ObservedGeneration == generation, $"{phase} of {generation}; seen: {seen}");
        return seen!;
    }

    public async ValueTask DisposeAsync()
    {
        await StopMepm();
        await platformApp!.StopAsync();
        await platformApp.DisposeAsync();
        folder.Dispose();
    }
}
