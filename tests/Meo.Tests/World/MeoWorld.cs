using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.State.Embedded;
using Mano.Onboarding.V1;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.World;

/// <summary>A whole MEO on real ports and a real store, with one fake site of one host; spoken to over gRPC alone.</summary>
internal sealed class MeoWorld : IAsyncDisposable
{
    public const string SiteId = "edge-a";
    public const string HostId = "edge-a-1";

    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels = new();
    private WebApplication meo = null!;

    private MeoWorld()
    {
    }

    public FakeSite Site { get; } = new();

    public OnboardingService.OnboardingServiceClient Onboarding => new(Channel);

    public InventoryService.InventoryServiceClient Inventory => new(Channel);

    public LifecycleService.LifecycleServiceClient Lifecycle => new(Channel);

    public OperationService.OperationServiceClient Operations => new(Channel);

    public PlacementService.PlacementServiceClient Placement => new(Channel);

    public GrantingService.GrantingServiceClient Granting => new(Channel);

    /// <summary>A part of the MEO itself, for what cannot be timed from outside.</summary>
    public T Part<T>()
        where T : notnull => meo.Services.GetRequiredService<T>();

    /// <summary>Where its HTTP/1.1 port is: <c>http://127.0.0.1:port</c>.</summary>
    public string Http => BoundAddresses.Of(meo).Http;

    private ChannelBase Channel => channels.For(BoundAddresses.Of(meo).Grpc);

    /// <summary>A MEO that has one site; it counts as alive for as long as a test takes, unless the options say otherwise.</summary>
    public static async Task<MeoWorld> Start(Func<MeoOptions, MeoOptions>? with = null, params MecHost[] hosts)
    {
        var world = new MeoWorld();
        var options = new MeoOptions
        {
            DataFolder = world.folder.File("meo"),
            Durability = Durability.Process,
            LogLevel = LogLevel.Error,
            Inventory = new() { SuspectAfter = TimeSpan.FromMinutes(10), LostAfter = TimeSpan.FromMinutes(20) },
        };
        world.meo = MeoHost.Build(with?.Invoke(options) ?? options);
        await world.meo.StartAsync();
        await world.Site.Start();
        await world.Register(SiteId, world.Site.Address, hosts.Length == 0 ? [AHost()] : hosts);
        await Eventually.Is(() => world.Part<Mano.Meo.Sites.ISiteReports>().Report(SiteId).IsSynced, "the MEO follows its site");
        return world;
    }

    public static MecHost AHost(string id = HostId, int vcpus = 8, int latencyMs = 5) => new()
    {
        HostId = id,
        Zone = "zone-" + id,
        VimKind = "fake",
        WorkloadKinds = { "any" },
        CpuArchitecture = "x86_64",
        Total = new() { MilliCpu = vcpus * 1000, MemoryMib = 16384, DiskGib = 100 },
        LatencyNs = latencyMs * 1_000_000L,
        Healthy = true,
    };

    public async Task Register(string siteId, string address, params MecHost[] hosts) => await Inventory.RegisterSiteAsync(new()
    {
        Site = new() { SiteId = siteId, MepmAddress = address, Incarnation = "1", Hosts = { hosts } },
    });

    /// <summary>Uploads a descriptor; a refusal is thrown, also one that came while it was sent.</summary>
    public async Task<AppPackage> Upload(UploadAppPackageRequest.Types.Header header, string appDId, Metadata headers)
    {
        using var upload = Onboarding.UploadAppPackage(headers);
        try
        {
            await upload.RequestStream.WriteAsync(new() { Header = header });
            await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(Descriptor(appDId, vcpus: 1, more: ""), Encoding.UTF8) });
            await upload.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The answer says why.
        }

        return (await upload).AppPackage;
    }

    /// <summary>Onboards a descriptor of the given size.</summary>
    public async Task<string> Onboard(string appDId = "probe-d", int vcpus = 2, string more = "")
    {
        var id = (await Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = Onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "probe.json" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(Descriptor(appDId, vcpus, more), Encoding.UTF8) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        return id;
    }

    /// <summary>An instance of a package (a new one if none is named), NOT_INSTANTIATED.</summary>
    public async Task<string> Create(string? package = null) =>
        (await Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package ?? await Onboard(), AppInstanceName = "probe" })).AppInstance.AppInstanceId;

    public async Task<Operation> Instantiate(string instance, TimeSpan? timeout = null) => (await Lifecycle.InstantiateAppInstanceAsync(new()
    {
        AppInstanceId = instance,
        Timeout = timeout is { } time ? Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(time) : null,
    })).Operation;

    public async Task<Operation> Terminate(string instance) =>
        (await Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;

    /// <summary>An instance that runs.</summary>
    public async Task<string> Running(string? package = null)
    {
        var instance = await Create(package);
        var ended = await EndOf(await Instantiate(instance));
        Assert.True(ended.State == Ended.Completed, $"{ended}");
        return instance;
    }

    /// <summary>The site stops answering; says at which port it was.</summary>
    public async Task<int> Vanish()
    {
        var port = new Uri(Site.Address).Port;
        await Site.Stop();
        return port;
    }

    /// <summary>The site is back as it was.</summary>
    public Task Reappear(int port) => Site.Start(port);

    public async Task<AppInstance> Get(string instance) => (await Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance;

    /// <summary>Follows an operation over its watch stream; the last state that the stream gave before it ended.</summary>
    public async Task<Operation> EndOf(Operation operation) => (await StatesOf(operation).Soon($"operation {operation.OperationId} ends"))[^1];

    /// <summary>Every state the watch stream gives until it ends by itself.</summary>
    public async Task<List<Operation>> StatesOf(Operation operation)
    {
        using var watch = Operations.WatchOperation(new() { OperationId = operation.OperationId });
        var states = new List<Operation>();
        await foreach (var seen in watch.ResponseStream.ReadAllAsync())
        {
            states.Add(seen.Operation);
        }

        return states;
    }

    /// <summary>The site has been told, and lingers.</summary>
    public Task Lingers(string instance) => Eventually.Is(
        async () => (await Get(instance)).Conditions.Any(c => c.Type == "Running"), "the MEO has the site's report");

    /// <summary>Nothing at the site, no capacity, no grant, and the record is NOT_INSTANTIATED and nowhere.</summary>
    public async Task AssertNothingLeft(string instance)
    {
        var record = await Get(instance);
        Assert.Equal(AppInstance.Types.InstantiationState.NotInstantiated, record.InstantiationState);
        Assert.Null(record.Location);
        Assert.Empty(record.Conditions);
        Assert.Equal("", record.RunningOperationId);
        Assert.DoesNotContain(Site.Instances, i => i.AppInstanceId == instance);
        Assert.Equal(0, await Held());
        Assert.Empty((await Granting.ListGrantsAsync(new() { AppInstanceId = instance })).Grants);
    }

    public async Task<long> Held() => (await Inventory.ListSitesAsync(new())).Sites.SelectMany(s => s.Hosts).Sum(h => h.Held?.MilliCpu ?? 0);

    public async ValueTask DisposeAsync()
    {
        // The site first: its end closes the stream that the MEO's stop would wait for.
        await Site.DisposeAsync();
        channels.Dispose();
        await meo.StopAsync();
        await meo.DisposeAsync();
        folder.Dispose();
    }

    public static string Descriptor(string appDId, int vcpus, string more) => $$"""
        {
          "appDId": "{{appDId}}", "appName": "probe", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "a probe", {{more}}
          "virtualComputeDescriptor": {
            "virtualComputeDescId": "compute",
            "virtualCpu": { "numVirtualCpu": {{vcpus}} },
            "virtualMemory": { "virtualMemSize": 512 }
          },
          "swImageDescriptor": [ { "id": "image", "name": "probe", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "probe:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"], "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 8080, "portConfigurable": false } ] } ] } ],
          "appLatency": { "maxLatency": 20000000 },
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "probe.edge.example", "ipAddressType": "IP_V4", "ipAddress": "203.0.113.7", "ttl": 5 } ]
        }
        """;
}
