using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Mesh.State;
using Mano.Onboarding.V1;
using Mano.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Replicas;

/// <summary>A replica that is cut off from the store for longer than its lease: others go on, and it does no harm when it is back.</summary>
public sealed class TakeOverTests
{
    [Fact]
    public async Task Operations_of_a_replica_that_is_cut_off_end_at_the_other_and_it_is_refused_when_it_is_back()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var path = new CuttableStore(world.Store);
        await world.Add("meo-b", services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(path)));
        await world.SharesAre(8, 8);
        var package = await world.Onboard("meo-a");
        world.Site.Script = SiteScript.Linger;
        var operations = new List<Operation>();
        for (var i = 0; i < 12; i++)
        {
            operations.Add(await world.Instantiate("meo-a", await world.Create("meo-a", package)));
        }

        await Eventually.Is(() => world.Site.Instances.Count == 12, "the site was told of all");
        path.Cut();
        world.Site.Finish();
        foreach (var operation in operations)
        {
            Assert.Equal(Ended.Completed, (await world.EndOf("meo-a", operation)).State);
        }

        await world.SharesAtAre("meo-a", 16);
        var first = await world.Terminate("meo-a", operations[0].AppInstanceId);
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-a", first)).State);
        path.Mend();
        await world.SharesAre(8, 8);
        Assert.Equal(11, world.Site.Instances.Count);
        foreach (var name in world.Names)
        {
            await Eventually.Is(async () => await world.HeldAt(name) == 22_000, $"{name} counts what is held");
        }

        foreach (var operation in operations)
        {
            Assert.Equal(Ended.Completed, (await world.EndOf("meo-b", operation)).State);
        }
    }

    [Fact]
    public async Task An_owner_that_is_cut_off_promises_nothing_more_and_what_it_is_asked_is_done_by_the_next_one()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var path = new CuttableStore(world.Store);
        await world.Add("meo-b", services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(path)));
        await world.Stop("meo-a");
        await Eventually.Is(() => world.Owner == "meo-b", "meo-b owns the ledger");
        await world.Add("meo-c");
        await world.EverybodySeesTheSite();
        var package = await world.Onboard("meo-c", vcpus: 40);
        var (first, second) = (await world.Create("meo-c", package), await world.Create("meo-c", package));

        path.Cut();
        var late = world.Instantiate("meo-b", first, "late");
        await Eventually.Is(() => world.Owns("meo-c"), "meo-c has taken the ledger over");
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-c", await world.Instantiate("meo-c", second, "soon"))).State);
        path.Mend();

        var refused = await Assert.ThrowsAsync<RpcException>(() => late.Soon());
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        await Eventually.Is(() => !world.Owns("meo-b"), "meo-b knows that it does not own the ledger");
        Assert.Single(world.Site.Instances);
        foreach (var name in world.Names)
        {
            await Eventually.Is(async () => await world.HeldAt(name) == 40_000, $"{name} counts what is held");
        }
    }

    [Fact]
    public async Task A_step_of_a_stale_process_does_not_release_the_hold_of_the_next_operation()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var package = await world.Onboard("meo-a");
        var instance = await world.Create("meo-a", package);
        Assert.Equal(Ended.Completed, (await world.EndOf("meo-a", await world.Instantiate("meo-a", instance))).State);
        var stale = new ShardFence("operations-0000", 1);
        await world.Store.AcquireShard("operations-0000", "somebody-newer", TimeSpan.FromSeconds(1));
        await world.Store.AcquireShard("operations-0000", "meo-a", TimeSpan.FromSeconds(30));

        var holds = world.Part<Mano.Meo.Inventory.CapacityHolds>("meo-a");
        var refused = await Assert.ThrowsAsync<Mano.Mesh.Failures.FailureException>(() => holds.ReleaseIfAny(instance, operationId: null, stale, default));
        Assert.Equal(StateFailures.StaleEpoch, refused.Failure.Reason);
        Assert.Equal(2000, await world.HeldAt("meo-a"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(40)]
    public async Task A_replica_starts_also_when_the_store_goes_away_meanwhile(int calls)
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var path = new CuttableStore(world.Store) { Failures = calls };
        await world.Add("meo-b", services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(path))).Soon();
        await world.SharesAre(8, 8);
        await world.EverybodySeesTheSite();
    }

    [Fact]
    public async Task A_second_process_of_one_name_ends_the_first()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var first = world.Part<Microsoft.Extensions.Hosting.IHostApplicationLifetime>("meo-a");
        await using var twin = await world.Twin("meo-a");
        await Eventually.Is(() => first.ApplicationStopping.IsCancellationRequested, "the older one stops");
    }

    [Fact]
    public async Task Every_replica_lists_all_with_their_shards_and_the_one_that_promises()
    {
        await using var world = await ReplicasWorld.Start("meo-a", "meo-b");
        await world.SharesAre(8, 8);
        foreach (var name in world.Names)
        {
            await Eventually.Is(
                async () =>
                {
                    var seen = await world.Replicas(name).ListReplicasAsync(new());
                    return seen.Shards == 16 && seen.Replicas.Count == 2 && seen.Replicas.All(r => r.Alive && r.Address == world.Address(r.Name))
                        && seen.Replicas.SelectMany(r => r.Shards).Order().SequenceEqual(Enumerable.Range(0, 16))
                        && seen.Replicas.Single(r => r.OwnsCapacity).Name == world.Owner && seen.Replicas.Single(r => r.Self).Name == name;
                },
                $"{name} shows both");
        }
    }

    [Fact]
    public async Task A_site_that_speaks_to_one_replica_is_alive_at_all_and_nobody_notices_when_it_speaks_to_another()
    {
        await using var world = await ReplicasWorld.Start(["meo-a", "meo-b", "meo-c"], suspectAfter: TimeSpan.FromSeconds(6));
        using var stop = new CancellationTokenSource();
        var speaksTo = "meo-a";
        var speaking = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await world.Inventory(speaksTo).HeartbeatAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
            }
        });
        var worst = new Dictionary<string, Mano.Inventory.V1.Site.Types.Health>();
        foreach (var at in new[] { "meo-a", "meo-b" })
        {
            speaksTo = at;
            var turns = await world.Turns();
            await Eventually.Is(
                async () =>
                {
                    foreach (var name in world.Names)
                    {
                        var health = (await world.Inventory(name).GetSiteAsync(new() { SiteId = MeoWorld.SiteId })).Site.Health;
                        worst[name] = health > worst.GetValueOrDefault(name) ? health : worst[name];
                    }

                    // Long enough for silence to be noticed: the shared heartbeat has been written so many times, ten in a second.
                    return await world.Turns() > turns + 70;
                },
                "the site was heard for a while");
        }

        await stop.CancelAsync();
        await speaking;
        Assert.All(worst, w => Assert.Equal(Mano.Inventory.V1.Site.Types.Health.Alive, w.Value));
        await Eventually.Is(
            async () =>
            {
                var all = await Task.WhenAll(world.Names.Select(async n => (await world.Inventory(n).GetSiteAsync(new() { SiteId = MeoWorld.SiteId })).Site.Health));
                return all.All(h => h == Mano.Inventory.V1.Site.Types.Health.Suspect);
            },
            "all of them notice its silence");
    }

    [Fact]
    public async Task Content_that_only_another_replica_has_is_fetched_from_it_and_kept()
    {
        await using var world = await ReplicasWorld.Start(["meo-a", "meo-b"], ownPackages: true);
        var package = await world.Onboard("meo-a");
        var upload = System.Text.Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-" + package, 2, ""));
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(upload));
        var content = await world.Download("meo-b", sha256);
        Assert.Equal(upload, content);
        await world.Stop("meo-a");
        Assert.Equal(content, await world.Download("meo-b", sha256));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => world.Download("meo-b", new string('0', 64)));
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task An_upload_ends_with_its_replica_and_not_with_another()
    {
        await using var world = await ReplicasWorld.Start("meo-a");
        var path = new CuttableStore(world.Store);
        await world.Add("meo-b", services => services.Replace(ServiceDescriptor.Singleton<IStateStore>(path)));
        var id = (await world.Onboarding("meo-b").CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = world.Onboarding("meo-b").UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "probe.json" } });
        await Eventually.Is(async () => await State() == AppPackage.Types.OnboardingState.Uploading, "it is being uploaded");

        await world.Add("meo-c");
        await world.Stop("meo-c");
        Assert.Equal(AppPackage.Types.OnboardingState.Uploading, await State());
        path.Cut();
        await Eventually.Is(async () => await State() == AppPackage.Types.OnboardingState.Created, "it is given up, for its replica is not heard");
        path.Mend();

        async Task<AppPackage.Types.OnboardingState> State() =>
            (await world.Onboarding("meo-a").GetAppPackageAsync(new() { AppPackageId = id })).AppPackage.OnboardingState;
    }
}
