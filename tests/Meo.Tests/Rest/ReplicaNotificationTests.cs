using System.Net;
using Mano.Meo.Tests.Replicas;
using Mano.Mesh.State;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Mano.Meo.Tests.Rest;

/// <summary>REST at several replicas, of which one tells the subscribers, and none for a while.</summary>
public sealed class ReplicaNotificationTests : IAsyncLifetime
{
    private const string Created = "AppIdentifierCreationSubscription";
    private const string Deleted = "AppIdentifierDeletionSubscription";

    private Listener listener = null!;

    public async Task InitializeAsync() => listener = await Listener.Start();

    public async Task DisposeAsync() => await listener.DisposeAsync();

    [Fact]
    public async Task What_was_not_taken_when_the_MEO_went_down_is_sent_when_it_is_back_in_its_order()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var package = await world.Onboard("meo-a");
        listener.Refuse = int.MaxValue;
        await Subscribe(world, "meo-a", Created, "/created");
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            made.Add(await world.Create("meo-a", package));
        }

        await Eventually.Is(async () => (await world.Store.Scan("notice/")).Entries.Count == 3, "all of it waits");
        await world.Stop("meo-a");
        listener.Refuse = 0;
        await world.Add("meo-b");
        made.Add(await world.Create("meo-b", package));
        await AreTold("/created", made);
        await Eventually.Is(async () => (await world.Store.Scan("notice/")).Entries.Count == 0, "nothing waits any more");
        Assert.Empty(listener.Left);
    }

    [Fact]
    public async Task What_happens_while_the_one_that_tells_is_cut_off_the_next_one_tells()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var path = new CuttableStore(world.Store);
        var package = await world.Onboard("meo-a");
        var old = await world.Create("meo-a", package);
        await world.Add("meo-b", services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(path)));
        await world.Stop("meo-a");
        await Eventually.Is(() => world.Owns("meo-b"), "the second one tells");
        await world.Add("meo-a");
        await Subscribe(world, "meo-b", Created, "/created");
        await Subscribe(world, "meo-b", Deleted, "/deleted");
        var first = await world.Create("meo-b", package);
        await AreTold("/created", [first]);

        // That the subscriber has it is not yet noted: cut off in between, the next one would tell it once more.
        await Eventually.Is(async () => (await world.Store.Scan("notice/")).Entries.Count == 0, "what was told is noted");
        path.Cut();
        var second = await world.Create("meo-a", package);
        await world.Lifecycle("meo-a").DeleteAppInstanceAsync(new() { AppInstanceId = first });
        await world.Lifecycle("meo-a").DeleteAppInstanceAsync(new() { AppInstanceId = old });
        await AreTold("/created", [second]);
        Assert.Equal(new[] { first, old }.Order(), new[] { await Next("/deleted"), await Next("/deleted") }.Order());
        path.Mend();
        Assert.Empty(listener.Left);
    }

    [Fact]
    public async Task Whichever_replica_is_asked_over_REST_the_one_that_promises_places_and_a_key_is_known_to_all()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b");
        var package = await world.Onboard("meo-a");
        await Eventually.Is(() => world.Owner is not null, "one promises");
        using var other = new RestClient(world.Http(world.Other));
        using var owner = new RestClient(world.Http(world.Owner!));
        await Subscribe(world, world.Other, "AppLcmOpOccStateChangeSubscription", "/operations", """, "appLcmOpOccSubscriptionFilter":{"operationStates":["COMPLETED"]}""");
        var url = await other.Create("probe-" + package);
        var accepted = (await other.Post(url + "/instantiate", "{}", ("Idempotency-Key", "once"))).Is(HttpStatusCode.Accepted);
        Assert.StartsWith(world.Http(world.Other), accepted.Location, StringComparison.Ordinal);
        Assert.Equal("COMPLETED", (await other.EndOf(accepted)).GetProperty("operationState").GetString());
        var path = new Uri(url).AbsolutePath;
        var again = (await owner.Post(path + "/instantiate", "{}", ("Idempotency-Key", "once"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(accepted.Location.Split('/')[^1], again.Location.Split('/')[^1]);
        Assert.Equal("COMPLETED", (await listener.Next("/operations")).GetProperty("operationState").GetString());
    }

    private async Task Subscribe(ReplicasWorld world, string at, string type, string path, string more = "")
    {
        using var client = new RestClient(world.Http(at));
        (await client.Post("/app_lcm/v1/subscriptions", $$"""{"subscriptionType":"{{type}}","callbackUri":"{{listener.Url}}{{path}}"{{more}} }""")).Is(HttpStatusCode.Created);
    }

    private async Task<string> Next(string path) => (await listener.Next(path)).GetProperty("appInstanceId").GetString()!;

    private async Task AreTold(string path, IEnumerable<string> instances)
    {
        foreach (var instance in instances)
        {
            Assert.Equal(instance, await Next(path));
        }
    }
}
