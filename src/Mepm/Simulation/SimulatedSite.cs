using Grpc.Core;
using Grpc.Core.Interceptors;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Mepm.Discovery;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Sites;
using Mano.Mepm.Vims;
using Mano.Mesh.Channels;
using Mano.Mesh.Ids;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Site.V1;
using Mano.VimAdapters.Simulated;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Mepm.Simulation;

/// <summary>
/// A MEPM without a process of its own, for fleets of thousands in one: the very parts that <see cref="MepmHost"/> is made of, with a
/// store in memory, simulated VIMs and simulated platforms. Whoever runs it listens for it and passes calls on to <see cref="Service"/>.
/// </summary>
/// <param name="options">Which site.</param>
/// <param name="clock">Time.</param>
/// <param name="ids">Ids of its incarnations and of what it asks.</param>
public sealed class SimulatedSite(SimulatedSiteOptions options, TimeProvider clock, IIdSource ids) : IAsyncDisposable
{
    /// <summary>More would only wait: a simulated VIM and platform are in this process.</summary>
    private const int Parallelism = 2;

    private readonly MemoryStateStore store = new(clock, retainedRevisions: 0);
    private readonly Dictionary<string, Below> below = options.Hosts.ToDictionary(h => h.HostId, h => new Below(h, clock), StringComparer.Ordinal);
    private ServiceProvider? parts;
    private volatile bool isCut;

    public string SiteId => options.SiteId;

    public IEnumerable<string> HostIds => below.Keys;

    /// <summary>Mm3 of it; null while its MEPM is down.</summary>
    public SiteService.SiteServiceBase? Service { get; private set; }

    /// <summary>Whether what it asks of the MEO gets through; its listener is its owner's to cut.</summary>
    public bool IsCut
    {
        get => isCut;
        set => isCut = value;
    }

    /// <summary>How many watch it: a MEO that is connected does.</summary>
    public int Watchers => parts?.GetRequiredService<InstanceFeed>().Watchers ?? 0;

    /// <summary>Starts its MEPM, on what the last one left in the store, in the VIMs and at the platforms.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (var host in below.Values)
        {
            await host.Open();
        }

        parts = Compose();
        Service = parts.GetRequiredService<SiteGrpcService>();
        var hosted = parts.GetServices<IHostedService>().ToArray();
        foreach (var part in hosted.OfType<IHostedLifecycleService>())
        {
            await part.StartingAsync(cancel);
        }

        foreach (var part in hosted)
        {
            await part.StartAsync(cancel);
        }

        foreach (var part in hosted.OfType<IHostedLifecycleService>())
        {
            await part.StartedAsync(cancel);
        }
    }

    /// <summary>Ends its MEPM. Store, VIMs and platforms stay.</summary>
    public async Task StopAsync()
    {
        if (parts is not { } running)
        {
            return;
        }

        Service = null;
        parts = null;
        var hosted = running.GetServices<IHostedService>().Reverse().ToArray();
        foreach (var part in hosted.OfType<IHostedLifecycleService>())
        {
            await part.StoppingAsync(CancellationToken.None);
        }

        foreach (var part in hosted)
        {
            await part.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await running.DisposeAsync();
    }

    /// <summary>Takes the site out of the MEO's inventory, if the MEO can be reached.</summary>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        if (parts is { } running)
        {
            var request = new DeregisterSiteRequest { SiteId = SiteId, Incarnation = running.GetRequiredService<SiteIdentity>().Incarnation };
            await running.GetRequiredService<InventoryService.InventoryServiceClient>().DeregisterSiteAsync(request, cancellationToken: cancel);
        }
    }

    /// <summary>What is really here, whatever is reported: by instance and host, ordered.</summary>
    public async Task<IReadOnlyList<SiteHolding>> HoldingsAsync(CancellationToken cancel)
    {
        var views = (parts?.GetRequiredService<InstanceBook>().All() ?? []).ToDictionary(v => v.Record.AppInstanceId, StringComparer.Ordinal);
        var found = new List<SiteHolding>();
        foreach (var (hostId, host) in below)
        {
            var computes = (await host.Computes(cancel)).ToDictionary(c => c.ComputeId, StringComparer.Ordinal);
            var applications = (await host.Platform.List(cancel)).ToDictionary(a => a.AppInstanceId, StringComparer.Ordinal);
            var here = views.Values.Where(v => v.Record.Desired.HostId == hostId).Select(v => v.Record.AppInstanceId);
            found.AddRange(here.Union(computes.Keys).Union(applications.Keys).Order(StringComparer.Ordinal).Select(id =>
            {
                var (view, compute, application) = (views.GetValueOrDefault(id), computes.GetValueOrDefault(id), applications.GetValueOrDefault(id));
                var isHere = view?.Record.Desired.HostId == hostId;
                return new SiteHolding(
                    id, hostId, isHere && !view!.Record.Absent, isHere && view!.Status.Phase == InstancePhase.Steady,
                    compute is not null, compute?.State == VimAdapters.Contract.ComputeState.Running,
                    application?.Phase == Platforms.PlatformPhase.Active, application is not null);
            }));
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        foreach (var host in below.Values)
        {
            await host.DisposeAsync();
        }

        await store.DisposeAsync();
    }

    private ServiceProvider Compose()
    {
        var mepm = new MepmOptions
        {
            SiteId = options.SiteId, DataFolder = options.Folder, Meo = [options.Meo], Advertise = options.Address, Location = options.Location,
            Hosts = [.. options.Hosts.Select(Described)], Loop = new() { Parallelism = Parallelism },
        };
        var services = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton(clock)
            .AddSingleton(ids)
            .AddSingleton(_ => new GrpcChannels())
            .AddInstances(mepm)
            .AddLoop(mepm)
            .AddComparison(mepm)
            .AddMeo(mepm)
            .AddSingleton<SiteSignals>()
            .AddSingleton(_ => Hosts(mepm))
            .AddHostedService<HostLinks>()
            // In the place of what the process has: its store, and a way to the MEO that never fails.
            .AddSingleton<IStateStore>(store)
            .AddSingleton(s => new InventoryService.InventoryServiceClient(Cuttable(s)))
            .AddSingleton(s => new GrantingService.GrantingServiceClient(Cuttable(s)));
        var made = services.BuildServiceProvider();
        made.GetRequiredService<SiteIdentity>().AddressSource = () => options.Address.ToString().TrimEnd('/');
        return made;
    }

    private CallInvoker Cuttable(IServiceProvider s) => s.GetRequiredService<FailoverCallInvoker>().Intercept(new Cut(this));

    private MecHosts Hosts(MepmOptions mepm)
    {
        var hosts = new MecHosts(host => new Hosts.MecHost(host, below[host.HostId].Vim, below[host.HostId].Platform, clock.GetUtcNow()));
        foreach (var host in mepm.Hosts)
        {
            hosts.Add(host);
        }

        return hosts;
    }

    private static Hosts.HostOptions Described(SimulatedHost host) => new()
    {
        HostId = host.HostId, Zone = host.Zone, Latency = host.Latency, Vim = SimulatedVim.AdapterName,
    };

    /// <summary>What is under the MEPM on one host, and outlives it.</summary>
    private sealed class Below(SimulatedHost host, TimeProvider clock) : IAsyncDisposable
    {
        /// <summary>So often a VIM that fails a share of its calls is asked for what it has.</summary>
        private const int Tries = 1000;

        private readonly SimulatedVim simulated = new(host.Vim, clock);
        private bool isOpen;

        /// <summary>Shared, so that a MEPM that ends leaves it as it is.</summary>
        public SharedVim Vim { get; } = new(host.HostId, clock);

        public SimulatedPlatform Platform { get; } = new(host.HostId);

        public async Task Open()
        {
            if (!isOpen)
            {
                await Vim.Exchange(() => new AdapterLease(simulated, []));
                isOpen = true;
            }
        }

        public async Task<IReadOnlyList<VimAdapters.Contract.Compute>> Computes(CancellationToken cancel)
        {
            for (var left = Tries; ; left--)
            {
                try
                {
                    return await simulated.ListComputesAsync(cancel);
                }
                catch (Mesh.Failures.FailureException) when (left > 1)
                {
                    // Its faults are meant for the MEPM.
                }
            }
        }

        public async ValueTask DisposeAsync() => await (isOpen ? Vim.Exchange(null) : Task.CompletedTask);
    }

    /// <summary>Lets nothing through to the MEO while the site is cut off.</summary>
    private sealed class Cut(SimulatedSite site) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation) => site.isCut
            ? Broken<TResponse>(new Status(StatusCode.Unavailable, "The network of this simulated site is cut."))
            : continuation(request, context);

        private static AsyncUnaryCall<T> Broken<T>(Status status) => new(
            Task.FromException<T>(new RpcException(status)), Task.FromResult(new Metadata()), () => status, () => [], () => { });
    }
}
