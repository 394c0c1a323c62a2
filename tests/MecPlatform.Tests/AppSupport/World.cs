using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.ServiceRegistry;
using Mano.MecPlatform.Traffic;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.MecPlatform.Tests.AppSupport;

/// <summary>A platform without its ports: real state machine, store, tables; a clock that the test moves.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly List<Attendant> attendants = [];
    private readonly AppSupportOptions options;

    public World(AppSupportOptions? options = null, IStateStore? store = null, ManualClock? clock = null)
    {
        this.options = options ?? new AppSupportOptions { ProbeAttempts = 3, FlowLinger = TimeSpan.Zero };
        Clock = clock ?? new ManualClock();
        Store = store ?? new MemoryStateStore(Clock);
        Plane = new WatchedPlane(Names);
        Applications = Build();
    }

    public ManualClock Clock { get; }

    public IStateStore Store { get; }

    public DnsTable Names { get; } = new();

    public WatchedPlane Plane { get; }

    /// <summary>Answers at once what the table says, until a test lets it lag.</summary>
    public LaggingDns Backend { get; } = new();

    public Services Services { get; } = new();

    public TerminationWatchers Watchers { get; } = new();

    public Applications Applications { get; }

    public static World Started(AppSupportOptions? options = null) => Start(new World(options));

    /// <summary>A platform process that starts on what another one stored.</summary>
    public World Restarted() => Start(new World(options, Store, Clock));

    public static PlatformConfiguration Configuration(bool mp1 = true, int probe = 0, string name = "shop.example", string dnsAddress = "0.0.0.0") => new()
    {
        AppName = "shop",
        SupportsMp1 = mp1,
        ReadinessPort = probe,
        TrafficRules = [new("t1", FilterType.Flow, 1, [new TrafficFilter { DstAddress = ["203.0.113.10"] }], RuleAction.ForwardDecapsulated, [])],
        DnsRules = [new("d1", name, IpAddressType.IpV4, dnsAddress, null)],
    };

    public static InstanceEndpoint At(string address = "127.0.5.5") => new(address, []);

    public Task<ApplicationView> Ensure(string id = "app-1", long generation = 1, PlatformConfiguration? configuration = null) =>
        Applications.Ensure(id, generation, configuration ?? Configuration(), CancellationToken.None);

    public Task<ApplicationView> Run(string id = "app-1", long generation = 1, string incarnation = "i1", InstanceEndpoint? at = null) =>
        Applications.SetRunning(id, generation, at ?? At(), incarnation, CancellationToken.None);

    public Task<ApplicationView> Stopped(string id = "app-1", long generation = 1) =>
        Applications.SetRunning(id, generation, null, string.Empty, CancellationToken.None);

    public Task<ApplicationView> ConfirmReady(string id = "app-1") =>
        Applications.Happened(id, present => Moves.Ready(present, Clock.GetUtcNow()), CancellationToken.None);

    public Task<ApplicationView> ConfirmTermination(OperationAction action = OperationAction.Terminating, string id = "app-1") =>
        Applications.Happened(id, present => DrainMoves.Confirmed(present, action, Clock.GetUtcNow()), CancellationToken.None);

    public Task<ApplicationView> Drain(int seconds = 0, string id = "app-1", long generation = 2) =>
        Applications.Drain(id, generation, OperationAction.Terminating, TimeSpan.FromSeconds(seconds), CancellationToken.None);

    public Phase PhaseOf(string id = "app-1") => Applications.Find(id)!.Record.Phase;

    /// <summary>Whether exactly these of the instance's rules are in effect.</summary>
    public void AssertActive(bool active, string id = "app-1")
    {
        var view = Applications.Find(id);
        Assert.Equal(active, Plane.IsActive(id, "t1"));
        Assert.Equal(active, Names.IsActive(id, "d1"));
        if (view is not null)
        {
            Assert.All(view.TrafficRules, r => Assert.Equal(active, r.IsActive));
            Assert.All(view.DnsRules, r => Assert.Equal(active, r.IsActive));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var attendant in attendants)
        {
            await attendant.DisposeAsync();
        }
    }

    private static World Start(World world)
    {
        world.Applications.Load(CancellationToken.None).GetAwaiter().GetResult();
        world.Applications.StartAttending(CancellationToken.None).GetAwaiter().GetResult();
        return world;
    }

    private Applications Build()
    {
        var addresses = new InstanceAddresses();
        var notifier = new TerminationNotifier(Watchers, new(options, addresses, Clock, NullLogger<CallbackPoster>.Instance), () => "http://mp1.test");
        var attendant = new Attendant(new(options, Clock), notifier, options, Clock, NullLogger<Attendant>.Instance);
        attendants.Add(attendant);
        var rules = new RuleActivation(Names, Backend, Plane, Services, new());
        return new(new(Store), rules, new(), attendant, new(options, Plane, addresses, Clock, NullLogger<Applications>.Instance));
    }
}

/// <summary>A DNS server that is told and answers, or, as the test says, does not.</summary>
internal sealed class LaggingDns : IDnsBackend
{
    public string? Lag { get; set; }

    public string Kind => "lagging";

    public IPEndPoint Address { get; } = new(IPAddress.Loopback, 0);

    public DnsBackendStanding Standing => default;

    public Task Begin(CancellationToken cancel) => Task.CompletedTask;

    public Task End(CancellationToken cancel) => Task.CompletedTask;

    public Task Settle(string appInstanceId, CancellationToken cancel) => Task.CompletedTask;

    public string? WhyNot(string appInstanceId) => Lag;
}

/// <summary>The userspace data plane, and the order in which it was told things.</summary>
internal sealed class WatchedPlane(DnsTable names) : IDataPlane
{
    private readonly UserspaceDataPlane plane = new(new());

    public List<string> Told { get; } = [];

    public string Kind => plane.Kind;

    public Enforcement Check(TrafficRule rule) => plane.Check(rule);

    public void Apply(string appInstanceId, ForwardTarget instance, IReadOnlyList<TrafficRule> rules)
    {
        lock (Told)
        {
            Told.Add($"{rules.Count} rules while name {(names.IsActive(appInstanceId, "d1") ? "active" : "inactive")}");
        }

        plane.Apply(appInstanceId, instance, rules);
    }

    public IEnumerable<(string AppInstanceId, string RuleId, RuleTraffic Traffic)> Counters => plane.Counters;

    public void Begin() => plane.Begin();

    public Task Written => plane.Written;

    public string? Compare() => plane.Compare();

    public int Closed { get; private set; }

    public void CloseFlows(string appInstanceId)
    {
        Closed++;
        plane.CloseFlows(appInstanceId);
    }

    public void Forget(string appInstanceId) => plane.Forget(appInstanceId);

    public bool IsActive(string appInstanceId, string ruleId) => plane.IsActive(appInstanceId, ruleId);

    public IEnumerable<(string AppInstanceId, string RuleId)> Active => plane.Active;

    public RuleTraffic TrafficOf(string appInstanceId, string ruleId) => plane.TrafficOf(appInstanceId, ruleId);
}
