using Mano.Meo.Lifecycle;
using Mano.Meo.Reconciliation;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Testing;

namespace Mano.Meo.Tests.Reconciliation;

/// <summary>What was judged is acted upon only if it still holds in the very commit that acts: nothing that begins in between is overrun.</summary>
public sealed class ClaimTests
{
    private const string Id = "i";
    private const string Lock = "operation-subject/default/app-instance/" + Id;

    private readonly MemoryStateStore store = new(new ManualClock());
    private readonly AppInstances instances;
    private readonly Suspect suspect = new("edge-a", Id, Before: null, new("capacity", 1));

    public ClaimTests() => instances = new(store);

    [Fact]
    public async Task It_reserves_the_generation_that_the_site_will_be_told()
    {
        var judged = await Stored(generation: 3);
        Assert.True((await store.Commit(Repairs.Claim(suspect, judged, 4))).IsCommitted);
        Assert.Equal(4, (await instances.Find(Id, default))!.Value.Generation);
    }

    [Fact]
    public async Task It_loses_against_an_operation_that_was_accepted_meanwhile()
    {
        var judged = await Stored(generation: 3);
        (await store.Commit(new Batch().Put(Lock, "{}"u8.ToArray()))).OrThrow();
        Assert.Contains((await store.Commit(Repairs.Claim(suspect, judged, 4))).Conflicts, c => c.Key == Lock);
        Assert.Equal(3, (await instances.Find(Id, default))!.Value.Generation);
    }

    [Fact]
    public async Task It_loses_against_an_operation_that_has_come_and_gone_meanwhile()
    {
        var judged = await Stored(generation: 3);
        (await store.Commit(AppInstances.Put(new Batch(), judged.Value with { Generation = 5 }, judged.Version))).OrThrow();
        Assert.False((await store.Commit(Repairs.Claim(suspect, judged, 4))).IsCommitted);
    }

    [Fact]
    public async Task It_loses_against_the_making_of_an_instance_that_was_not_there()
    {
        var nobody = Repairs.Claim(suspect, found: null, 8);
        await Stored(generation: 0);
        Assert.False((await store.Commit(nobody)).IsCommitted);
    }

    private async Task<Stored<AppInstanceRecord>> Stored(long generation)
    {
        var record = new AppInstanceRecord
        {
            Tenant = "default", AppInstanceId = Id, AppPkgId = "p", AppDId = "d", AppName = "n", AppProvider = "p", AppSoftVersion = "1", AppDVersion = "1",
            Generation = generation, CreateTime = default, UpdateTime = default,
        };
        (await store.Commit(AppInstances.Put(new Batch(), record, Batch.MustNotExist))).OrThrow();
        return (await instances.Find(Id, default))!;
    }
}
