using System.Collections.Immutable;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Reconciliation;
using Mano.Meo.Replicas;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Meo.Tests.Inventory;

/// <summary>A site directory on a store in memory and a clock that stands still.</summary>
internal sealed class InventoryWorld
{
    public InventoryWorld(MemoryStateStore? store = null, ManualClock? clock = null, string name = "meo")
    {
        Clock = clock ?? new();
        Store = store ?? new(Clock);
        Sites = new(Store, Fleet, Clock, new(), NullLogger<SiteDirectory>.Instance);
        Ownership = Owner(Store, Fleet, Clock, name);
        Holds = new(Fleet, Store, Ownership, Clock, NullLogger<CapacityHolds>.Instance);
        Ownership.Round(default).GetAwaiter().GetResult();
    }

    public ManualClock Clock { get; }

    public MemoryStateStore Store { get; }

    public Fleet Fleet { get; } = new();

    public SiteDirectory Sites { get; }

    public CapacityOwnership Ownership { get; }

    public CapacityHolds Holds { get; }

    /// <summary>The right to promise, of a replica of this name.</summary>
    public static CapacityOwnership Owner(IStateStore store, Fleet fleet, ManualClock clock, string name = "meo")
    {
        var self = new ReplicaOptions { Name = name, SharesStore = true };
        var born = new ReplicaRecord { Name = name, Incarnation = $"{name}-{Guid.CreateVersion7()}", Started = clock.GetUtcNow() };
        var directory = new ReplicaDirectory(store, self, clock, NullLogger<ReplicaDirectory>.Instance);
        var membership = new ReplicaMembership(store, directory, self, born, NullLogger<ReplicaMembership>.Instance);
        var owed = new DebtLedger(store, fleet, clock, NullLogger<DebtLedger>.Instance);
        return new(store, membership, self, new(store, fleet, new(store), owed, clock), NullLogger<CapacityOwnership>.Instance);
    }

    public static SiteModel ASite(string id = "edge-a", string incarnation = "1", string address = "http://127.0.0.1:1", params HostReport[] hosts) => new()
    {
        SiteId = id,
        MepmAddress = address,
        Incarnation = incarnation,
        Location = new(52.5, 13.4, "DE"),
        Hosts = hosts.Length == 0 ? [AHost(id + "-1")] : [.. hosts],
    };

    public static HostReport AHost(string id, int vcpus = 8, int usedVcpus = 0) => new()
    {
        HostId = id,
        Zone = "zone-" + id,
        WorkloadKinds = ["any"],
        CpuArchitecture = "x86_64",
        Total = new(vcpus * 1000, 8192, 100),
        Used = new(usedVcpus * 1000, 0, 0),
        LatencyNs = 5_000_000,
        Healthy = true,
    };

    public static CapacityHold AHold(string instance, string host = "edge-a-1", int vcpus = 1, string operation = "op-1") =>
        new(instance, operation, "edge-a", host, new(vcpus * 1000, 0, 0));

    /// <summary>Another process on the same store.</summary>
    public async Task<InventoryWorld> Restarted()
    {
        var next = new InventoryWorld(Store, Clock);
        await next.Sites.Load(default);
        return next;
    }

    public async Task<ImmutableArray<string>> StoredKeys(string prefix)
    {
        var page = await Store.Scan(prefix);
        return [.. page.Entries.Select(e => e.Key)];
    }

    public HostModel Host(string id = "edge-a-1") => Fleet.Snapshot.Hosts.Single(h => h.HostId == id);
}
