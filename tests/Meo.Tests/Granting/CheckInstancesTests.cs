using Grpc.Core;
using Mano.Granting.V1;
using Mano.Meo.Tests.World;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Granting;

/// <summary>What a site is told about instances that it found: meant to be there, or not.</summary>
public sealed class CheckInstancesTests
{
    private const string Stranger = "6f1c2b9e-0c1d-4c55-9a7e-3b0d3b1f1a11";

    [Fact]
    public async Task An_instance_is_meant_at_its_own_site_from_acceptance_until_nothing_is_left()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        Assert.Equal((false, 0), Meaning(await Check(world, MeoWorld.SiteId, id)));

        var operation = await world.Instantiate(id);
        Assert.True((await Check(world, MeoWorld.SiteId, id)).MeantHere);
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        var running = await Check(world, MeoWorld.SiteId, id);
        Assert.True(running is { MeantHere: true, Generation: > 0 });
        Assert.Equal((false, running.Generation), Meaning(await Check(world, "another", id)));

        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(id))).State);
        var gone = await Check(world, MeoWorld.SiteId, id);
        Assert.True(gone is { MeantHere: false } && gone.Generation > running.Generation, $"{gone}");
    }

    [Fact]
    public async Task Every_id_gets_its_verdict_in_the_order_asked_for()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        var answer = await world.Granting.CheckInstancesAsync(new() { SiteId = MeoWorld.SiteId, AppInstanceIds = { Stranger, id, Stranger } });
        Assert.Equal([Stranger, id, Stranger], answer.Verdicts.Select(v => v.AppInstanceId));
        Assert.Equal([false, true, false], answer.Verdicts.Select(v => v.MeantHere));
        Assert.Equal(0, answer.Verdicts[0].Generation);
    }

    [Fact]
    public async Task A_wrong_request_is_refused_with_every_fault_at_once()
    {
        await using var world = await MeoWorld.Start();
        var refused = await Refused.With(StatusCode.InvalidArgument, () => world.Granting.CheckInstancesAsync(new() { AppInstanceIds = { "a b" } }));
        Assert.Equal(["site_id", "app_instance_ids"], refused.Faults.Select(f => f.Path));
        await Refused.With(StatusCode.InvalidArgument, () => world.Granting.CheckInstancesAsync(new() { SiteId = "edge-a" }));
    }

    private static (bool Meant, long Generation) Meaning(InstanceVerdict verdict) => (verdict.MeantHere, verdict.Generation);

    private static async Task<InstanceVerdict> Check(MeoWorld world, string site, string id) =>
        Assert.Single((await world.Granting.CheckInstancesAsync(new() { SiteId = site, AppInstanceIds = { id } })).Verdicts);
}
