using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Inventory;
using Mano.Meo.Replicas;
using Mano.Meo.Tests.World;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Onboarding.V1;
using Mano.Sagas;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Health = Mano.Inventory.V1.Site.Types.Health;

namespace Mano.Meo.Tests.Replicas;

/// <summary>Several MEOs on one store in memory and one folder of packages, each on real ports of its own, and one fake site.</summary>
internal sealed class ReplicasWorld : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels = new();
    private readonly Dictionary<string, WebApplication> replicas = [];

    private long heard;
    private long lastHeard;
    private readonly TimeSpan suspectAfter;
    private readonly bool ownPackages;

    private ReplicasWorld(TimeSpan suspectAfter, bool ownPackages) => (this.suspectAfter, this.ownPackages) = (suspectAfter, ownPackages);

    /// <summary>How long a silent replica keeps its shards here.</summary>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(6);

    public FakeSite Site { get; } = new();

    public MemoryStateStore Store { get; } = new(TimeProvider.System);

    public IReadOnlyCollection<string> Names => replicas.Keys;

    /// <summary>Replicas of these names, with the site registered at the first.</summary>
    public static Task<ReplicasWorld> Start(params string[] names) => Start(names, TimeSpan.FromMinutes(10));

    /// <param name="names">The replicas.</param>
    /// <param name="suspectAfter">How long a site may say nothing.</param>
    /// <param name="ownPackages">Each has a folder of its own for packages.</param>
    public static async Task<ReplicasWorld> Start(string[] names, TimeSpan? suspectAfter = null, bool ownPackages = false)
    {
        var world = new ReplicasWorld(suspectAfter ?? TimeSpan.FromMinutes(10), ownPackages);
        await world.Site.Start();
        foreach (var name in names)
        {
            await world.Add(name);
        }

        await world.Register(names[0]);
        await world.EverybodySeesTheSite();
        return world;
    }

    /// <param name="name">The replica's.</param>
    /// <param name="replace">Changes its parts: a store that can be cut off.</param>
    public async Task Add(string name, Action<IServiceCollection>? replace = null)
    {
        var meo = Build(name, folder.File(name), replace);
        await meo.StartAsync();
        replicas[name] = meo;
    }

    /// <summary>Another process of the same name.</summary>
    public async Task<WebApplication> Twin(string name)
    {
        var twin = Build(name, folder.File(name + "-twin"), replace: null);
        await twin.StartAsync();
        return twin;
    }

    private WebApplication Build(string name, string data, Action<IServiceCollection>? replace)
    {
        var options = new MeoOptions
        {
            DataFolder = data,
            PackagesFolder = ownPackages ? null : folder.File("packages"),
            LogLevel = LogLevel.Error,
            Replica = new() { Name = name, LeaseTime = Lease, SharesStore = true },
            Inventory = new() { HeartbeatInterval = TimeSpan.FromMilliseconds(200), SuspectAfter = suspectAfter, LostAfter = TimeSpan.FromMinutes(20) },
        };
        return MeoHost.Build(options, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<IStateStore>(new CuttableStore(Store)));
            replace?.Invoke(services);
        });
    }

    public T Part<T>(string name)
        where T : notnull => replicas[name].Services.GetRequiredService<T>();

    public OnboardingService.OnboardingServiceClient Onboarding(string name) => new(Channel(name));

    public InventoryService.InventoryServiceClient Inventory(string name) => new(Channel(name));

    public LifecycleService.LifecycleServiceClient Lifecycle(string name) => new(Channel(name));

    public OperationService.OperationServiceClient Operations(string name) => new(Channel(name));

    public Mano.Inventory.V1.ReplicaService.ReplicaServiceClient Replicas(string name) => new(Channel(name));

    public string Address(string name) => BoundAddresses.Of(replicas[name]).Grpc;

    public string Http(string name) => BoundAddresses.Of(replicas[name]).Http;

    /// <summary>The shards of operations that a replica holds, as it says.</summary>
    public int ShardsOf(string name) => Part<ReplicaMembership>(name).Self.Shards.Length;

    /// <summary>As it believes.</summary>
    public bool Owns(string name) => Part<CapacityOwnership>(name).IsOwner;

    public Task SharesAtAre(string name, int shards) => Eventually.Is(() => ShardsOf(name) == shards, $"{name} holds {shards} shards");

    /// <summary>Grows each time the replicas tell one another which sites they heard.</summary>
    public async Task<long> Turns()
    {
        var version = (await Store.Get($"site-heard/default/{MeoWorld.SiteId}"))?.Version ?? 0;
        heard = version == lastHeard ? heard : heard + 1;
        lastHeard = version;
        return heard;
    }

    public async Task<byte[]> Download(string at, string sha256)
    {
        using var call = Onboarding(at).DownloadArtifact(new() { Sha256 = sha256 });
        var content = new List<byte>();
        await foreach (var chunk in call.ResponseStream.ReadAllAsync())
        {
            content.AddRange(chunk.Chunk.Span);
        }

        return [.. content];
    }

    public string? Owner => replicas.Keys.SingleOrDefault(name => Part<CapacityOwnership>(name).IsOwner);

    /// <summary>A replica that does not own the ledger.</summary>
    public string Other => replicas.Keys.First(name => name != Owner);

    public Task SharesAre(params int[] sorted) => Eventually.Is(
        () => replicas.Keys.Select(ShardsOf).Order().SequenceEqual(sorted), $"shards are held {string.Join(", ", sorted)}");

    public Task EverybodySeesTheSite() => Eventually.Is(
        async () =>
        {
            foreach (var name in replicas.Keys)
            {
                if ((await Inventory(name).ListSitesAsync(new())).Sites.All(s => s.Health != Health.Alive))
                {
                    return false;
                }
            }

            return true;
        },
        "every replica sees the site alive");

    public async Task Register(string at, int vcpus = 64) => await Inventory(at).RegisterSiteAsync(new()
    {
        Site = new() { SiteId = MeoWorld.SiteId, MepmAddress = Site.Address, Incarnation = "1", Hosts = { MeoWorld.AHost(vcpus: vcpus) } },
    });

    public async Task<string> Onboard(string at, int vcpus = 2)
    {
        var id = (await Onboarding(at).CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = Onboarding(at).UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "probe.json" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(MeoWorld.Descriptor("probe-" + id, vcpus, ""), Encoding.UTF8) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        return id;
    }

    public async Task<string> Create(string at, string package) =>
        (await Lifecycle(at).CreateAppInstanceAsync(new() { AppPackageId = package, AppInstanceName = "probe" })).AppInstance.AppInstanceId;

    public async Task<Operation> Instantiate(string at, string instance, string? key = null) =>
        (await Lifecycle(at).InstantiateAppInstanceAsync(new() { AppInstanceId = instance }, Key(key))).Operation;

    public async Task<Operation> Terminate(string at, string instance) =>
        (await Lifecycle(at).TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;

    /// <summary>The last state that the watch stream of one replica gives before it ends.</summary>
    public async Task<Operation> EndOf(string at, Operation operation) => await Watch(at, operation).Soon($"operation {operation.OperationId} ends at {at}");

    public async Task<Operation> Watch(string at, Operation operation)
    {
        using var watch = Operations(at).WatchOperation(new() { OperationId = operation.OperationId });
        Operation? last = null;
        await foreach (var seen in watch.ResponseStream.ReadAllAsync())
        {
            last = seen.Operation;
        }

        return last!;
    }

    /// <summary>The replica that runs an operation.</summary>
    public async Task<string> RunnerOf(Operation operation)
    {
        var shard = (await new OperationReader(Store).Find("default", operation.OperationId))!.Value.Shard;
        return replicas.Keys.Single(name => Part<ReplicaMembership>(name).Self.Shards.Contains(shard));
    }

    public async Task<long> HeldAt(string name) =>
        (await Inventory(name).ListSitesAsync(new())).Sites.SelectMany(s => s.Hosts).Sum(h => h.Held?.MilliCpu ?? 0);

    /// <summary>Stops a replica as SIGTERM does.</summary>
    public async Task Stop(string name)
    {
        replicas.Remove(name, out var meo);
        await meo!.StopAsync();
        await meo.DisposeAsync();
    }

    public static Metadata? Key(string? key) => key is null ? null : new() { { "idempotency-key", key } };

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        channels.Dispose();
        foreach (var name in replicas.Keys.ToList())
        {
            await Stop(name);
        }

        await Store.DisposeAsync();
        folder.Dispose();
    }

    private Grpc.Net.Client.GrpcChannel Channel(string name) => channels.For(Address(name));


}
