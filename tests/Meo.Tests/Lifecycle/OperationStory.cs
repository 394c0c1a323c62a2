using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Meo.Sites;
using Mano.Meo.Tests.Inventory;
using Mano.Meo.Tests.World;
using Mano.Mesh.State;
using Mano.Testing;
using Mano.Testing.Operations;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>Everything an operation on one instance leaves traces in: the site, the ledger, the grants, the record.</summary>
internal sealed class OperationStory
{
    public const string Instance = "a1";
    public const string Operation = "00000000-0000-7000-8000-0000000000aa";

    private static readonly ResourceAmount Amount = new(1000, 256, 0);

    private readonly IStateStore store;

    private OperationStory(IStateStore store, ManualClock clock)
    {
        this.store = store;
        Clock = clock;
        Ownership = InventoryWorld.Owner(store, Fleet, clock);
        Holds = new(Fleet, store, Ownership, clock, NullLogger<CapacityHolds>.Instance);
        Instances = new(store);
        Grants = new(store, clock);
        Steps = new(Sites, Packages, store, clock);
        Fleet.SetSite(InventoryWorld.ASite(), SiteHealth.Alive);
    }

    public ManualClock Clock { get; }

    public Fleet Fleet { get; } = new();

    public CapacityOwnership Ownership { get; }

    public CapacityHolds Holds { get; }

    public AppInstances Instances { get; }

    public Grants Grants { get; }

    public FakeSites Sites { get; } = new();

    public SamplePackages Packages { get; } = new();

    public SiteSteps Steps { get; }

    public static InstanceLocation At => new("edge-a", "edge-a-1", "zone-edge-a-1");

    /// <summary>Accepted for instantiation: the hold is booked and the record knows where it will be.</summary>
    public static async Task<(OperationStory Story, Batch Together)> Accepted(IStateStore store, ManualClock clock)
    {
        var story = new OperationStory(store, clock);
        await story.Ownership.Round(default);
        var hold = new CapacityHold(Instance, Operation, "edge-a", "edge-a-1", Amount);
        Assert.Null(story.Fleet.TryHold(hold));
        return (story, AppInstances.Put(story.Holds.Write(new Batch(), hold), Record(AppInstanceState.NotInstantiated, clock), Batch.MustNotExist));
    }

    /// <summary>Instantiated by an earlier operation, under generation 1.</summary>
    public static async Task<OperationStory> Instantiated(IStateStore store, ManualClock clock)
    {
        var story = new OperationStory(store, clock);
        await story.Ownership.Round(default);
        var hold = new CapacityHold(Instance, "an-earlier-one", "edge-a", "edge-a-1", Amount);
        Assert.Null(story.Fleet.TryHold(hold));
        var batch = AppInstances.Put(story.Holds.Write(new Batch(), hold), Record(AppInstanceState.Started, clock), Batch.MustNotExist)
            .Put(Mano.Meo.Granting.Grants.Key(Instance), story.Grant, GrantingJson.Default.Grant)
            .Put($"grant-of/default/{Instance}/{Instance}", "{}"u8.ToArray());
        (await store.Commit(batch)).OrThrow();
        await story.Sites.Ensure("edge-a", story.Desired, default);
        return story;
    }

    public Grant Grant => new()
    {
        GrantId = Instance,
        AppInstanceId = Instance,
        OperationId = "an-earlier-one",
        SiteId = At.SiteId,
        HostId = At.HostId,
        Zone = At.Zone,
        Amount = Amount,
        GrantTime = Clock.GetUtcNow(),
    };

    public static InstantiateApp Instantiate => new(
        Instance, "hello", SamplePackages.HelloId, Generation: 1, Amount,
        new() { HostId = At.HostId, SiteId = At.SiteId, Zone = At.Zone, Summary = "edge-a-1" });

    public IReadOnlyList<Question> NothingLeft =>
    [
        new("NoInstanceAtSite", () => Sites.Instances.Count == 0),
        new("NoCapacityHeldBy", () => Fleet.HoldOf(Instance) is null && Fleet.Snapshot.Hosts[0].Held == default),
        new("NoHoldStored", () => IsEmpty("hold/")),
        new("NoGrantOpen", async () => await IsEmpty("grant/") && await IsEmpty("grant-of/")),
        new("RecordIsNowhere", () => RecordIs(AppInstanceState.NotInstantiated, nowhere: true)),
    ];

    /// <summary>Nothing is left here, the site has what it had, and owes its removal.</summary>
    public IReadOnlyList<Question> GivenUp(bool deleted) =>
    [
        new("InstanceAtSite", () => Sites.Instances.Count == 1),
        new("CapacityOwedNotHeld", () => Fleet.HoldOf(Instance) is null && Fleet.Snapshot.Hosts[0].Held == default && Fleet.Snapshot.Hosts[0].Owed == Amount),
        new("NoHoldStored", () => IsEmpty("hold/")),
        new("NoGrantOpen", async () => await IsEmpty("grant/") && await IsEmpty("grant-of/")),
        new("OneDebt", async () => await new Debts(store).Find("edge-a", Instance, default) is
        {
            Value: { Generation: 3, Reason: "FORCED", OperationId: Operation } debt,
        }
            && debt.Amount == Amount),
        new("RecordIsGoneOrNowhere", async () => deleted ? await IsEmpty("instance/") : await RecordIs(AppInstanceState.NotInstantiated, nowhere: true)),
    ];

    public IReadOnlyList<Question> AllThere(AppInstanceState state) =>
    [
        new("InstanceAtSite", () => Sites.Instances.GetValueOrDefault(Instance, state == AppInstanceState.Stopped) == (state == AppInstanceState.Started)),
        new("CapacityHeldBy", () => Fleet.HoldOf(Instance)?.Amount == Amount && Fleet.Snapshot.Hosts[0].Held == Amount),
        new("HoldStored", async () => !await IsEmpty("hold/")),
        new("OneGrantOpen", async () => (await store.Scan("grant/")).Entries.Count == 1),
        new("RecordIsThere", () => RecordIs(state, nowhere: false)),
    ];

    private DesiredApp Desired => new()
    {
        AppInstanceId = Instance, Name = "hello", Generation = 1, HostId = At.HostId, Started = true, Package = Packages[SamplePackages.HelloId], Grant = Grant,
    };

    private static AppInstanceRecord Record(AppInstanceState state, ManualClock clock) => new()
    {
        Tenant = "default",
        AppInstanceId = Instance,
        AppPkgId = SamplePackages.HelloId,
        AppDId = "appd-hello",
        AppName = "hello",
        AppProvider = "acme",
        AppSoftVersion = "1.0",
        AppDVersion = "1.0",
        State = state,
        Location = At,
        Generation = 2,
        CreateTime = clock.GetUtcNow(),
        UpdateTime = clock.GetUtcNow(),
    };

    private async Task<bool> IsEmpty(string prefix) => (await store.Scan(prefix)).Entries.Count == 0;

    private async Task<bool> RecordIs(AppInstanceState state, bool nowhere) =>
        await Instances.Find(Instance, default) is { } found && found.Value.State == state && (found.Value.Location is null) == nowhere;
}
