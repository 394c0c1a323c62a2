using Grpc.Core;
using Mano.Common.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Lifecycle;
using Mano.Meo.Reconciliation;
using Mano.Meo.Tests.World;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;
using Kind = Mano.Inventory.V1.Finding.Types.Kind;
using WireFinding = Mano.Inventory.V1.Finding;

namespace Mano.Meo.Tests.Reconciliation;

/// <summary>A site that has something else than is intended is found out, put right or reported, and never shown as if it were well.</summary>
public sealed class ReconciliationOverGrpcTests
{
    private const string Rogue = "0f0f0f0f-0000-4000-8000-000000000001";

    [Fact]
    public async Task An_instance_that_nobody_knows_is_removed_and_told()
    {
        await using var world = await Start();
        await Synced(world);
        world.Site.Ensure(new() { AppInstanceId = Rogue, Generation = 7, HostId = MeoWorld.HostId });

        await Eventually.Is(() => world.Site.Instances.Count == 0, "the orphan is removed");
        Assert.Equal((Rogue, 8L), world.Site.Removals.Select(r => (r.AppInstanceId, r.Generation)).Last());
        var finding = await Resolved(world);
        Assert.Equal((MeoWorld.SiteId, Rogue, Kind.Orphan, "REMOVED"), (finding.SiteId, finding.AppInstanceId, finding.Kind, finding.Action));
        Assert.Contains("there is no such instance", finding.Message, StringComparison.Ordinal);
        await Eventually.Is(async () => (await world.Inventory.ListDebtsAsync(new())).Debts.Count == 0, "nothing is owed any more");
    }

    [Fact]
    public async Task An_orphan_is_reported_once_and_left_where_that_is_the_policy()
    {
        await using var world = await Start(o => o with { Orphans = OrphanPolicy.Report });
        await Synced(world);
        world.Site.Ensure(new() { AppInstanceId = Rogue, Generation = 7, HostId = MeoWorld.HostId });
        await Eventually.Is(async () => (await Findings(world)).Count == 1, "it is reported");
        await world.Site.Restart();
        await Synced(world);

        var finding = Assert.Single(await Findings(world));
        Assert.Equal((Kind.Orphan, "REPORTED"), (finding.Kind, finding.Action));
        Assert.Null(finding.ResolvedTime);
        Assert.Single(world.Site.Instances);
        Assert.Empty(world.Site.Removals);
        world.Site.Lose(Rogue);
        await Resolved(world);
    }

    [Fact]
    public async Task What_a_site_has_lost_is_told_to_it_again_under_a_higher_generation()
    {
        await using var world = await Start();
        var id = await world.Running();
        var before = world.Site.Told.Last();
        world.Site.Lose(id);

        await Eventually.Is(() => world.Site.Instances.Count == 1, "it is there again");
        var again = world.Site.Told.Last();
        Assert.True(again.Generation > before.Generation, $"{again.Generation} after {before.Generation}");
        Assert.Equal(before.Compute, again.Compute);
        Assert.Equal(before.PowerState, again.PowerState);
        var finding = await Resolved(world);
        Assert.Equal((Kind.LostAtSite, "RECREATED"), (finding.Kind, finding.Action));
        Assert.Equal(AppInstance.Types.OperationalState.Started, (await world.Get(id)).OperationalState);
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(id))).State);
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task A_site_that_forgot_everything_gets_all_of_it_back()
    {
        await using var world = await Start();
        var package = await world.Onboard();
        var ids = new List<string> { await world.Running(package), await world.Running(package), await world.Running(package) };
        var stop = (await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = ids[0], ChangeStateTo = OperateTo.Stopped })).Operation;
        await world.EndOf(stop);

        await world.Site.Restart(forget: true);
        await Eventually.Is(() => world.Site.Instances.Count == 3, "all are there again");
        Assert.Equal(
            Site.V1.DesiredAppInstance.Types.PowerState.Stopped, world.Site.Told.Last(t => t.AppInstanceId == ids[0]).PowerState);
    }

    [Fact]
    public async Task What_a_site_has_lost_is_reported_failed_where_that_is_the_policy()
    {
        await using var world = await Start(o => o with { Lost = LostPolicy.Report });
        var id = await world.Running();
        world.Site.Lose(id);

        await Eventually.Is(async () => (await Findings(world)).Any(f => f is { Kind: Kind.LostAtSite, Action: "REPORTED" }), "it is reported");
        var shown = await world.Get(id);
        Assert.All(shown.Conditions, c => Assert.Equal(("LOST_AT_SITE", Condition.Types.Status.False), (c.Reason, c.Status)));
        Assert.Equal(5, shown.Conditions.Count);
        Assert.Null(shown.Endpoint);
        Assert.Empty(world.Site.Instances);
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(id))).State);
        await world.AssertNothingLeft(id);
        await Resolved(world);
    }

    [Fact]
    public async Task What_was_judged_while_its_operation_was_at_work_is_left_alone_once_that_has_ended_well()
    {
        await using var world = await Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id);
        await world.Lingers(id);
        var judged = (await world.Part<AppInstances>().Find(id, CancellationToken.None))!;
        Assert.Equal(Difference.Residue, SiteComparison.Judge(MeoWorld.SiteId, judged.Value, null));

        world.Site.Finish();
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);

        Assert.True((await world.Part<InstanceTermination>().TerminateJudged(judged, CancellationToken.None)).IsRefused);
        Assert.Empty(world.Site.Removals);
        Assert.Equal(AppInstance.Types.OperationalState.Started, (await world.Get(id)).OperationalState);
    }

    [Fact]
    public async Task What_an_operation_is_at_work_on_is_left_to_it()
    {
        await using var world = await Start();
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var operation = await world.Instantiate(id);
        await world.Lingers(id);
        await world.Site.Restart();
        await Synced(world);
        Assert.Empty(await Findings(world));
        Assert.Single(world.Site.Told);

        world.Site.Finish();
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        Assert.Empty(await Findings(world));
        Assert.Empty(world.Site.Removals);
    }

    [Fact]
    public async Task A_site_whose_records_went_back_in_time_is_told_the_newest_again()
    {
        await using var world = await Start();
        var id = await world.Running();
        var stop = (await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = OperateTo.Stopped })).Operation;
        await world.EndOf(stop);
        var confirmed = world.Site.Told.Last().Generation;
        world.Site.GoBack(id, generation: 1);
        await world.Site.Restart();

        await Eventually.Is(() => world.Site.Told.Last().Generation > confirmed, "it is told again");
        Assert.Equal(Site.V1.DesiredAppInstance.Types.PowerState.Stopped, world.Site.Told.Last().PowerState);
        Assert.Equal(Kind.Behind, (await Resolved(world)).Kind);
    }

    [Fact]
    public async Task A_termination_that_gave_up_is_tried_again_when_the_site_is_back()
    {
        await using var world = await Start();
        var id = await world.Running();
        var port = await world.Vanish();
        var terminate = (await world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id, Timeout = new() { Seconds = 1 } })).Operation;
        await Eventually.Is(async () => (await Now(world, terminate)).State == Ended.FailedTemp, "the operation needs attention");

        // A site's circuit may be open for longer than the second that this operation has: the site returns as often as it needs.
        var gaveUp = (await Now(world, terminate)).StateEnteredTime;
        await world.Reappear(port);
        await Eventually.Is(
            async () =>
            {
                var now = await Now(world, terminate);
                if (now.State == Ended.FailedTemp && !now.StateEnteredTime.Equals(gaveUp))
                {
                    gaveUp = now.StateEnteredTime;
                    await world.Site.Restart();
                }

                return now.State == Ended.Completed;
            },
            "the operation is tried again and ends");
        await world.AssertNothingLeft(id);
    }

    [Fact]
    public async Task What_a_failed_operation_left_behind_is_taken_away_when_the_site_is_listed_anew()
    {
        await using var world = await Start(undoBudget: TimeSpan.FromMilliseconds(1));
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var instantiate = await world.Instantiate(id);
        await world.Lingers(id);
        world.Site.Script = SiteScript.BeAway;
        await world.Operations.CancelOperationAsync(new() { OperationId = instantiate.OperationId });
        await Eventually.Is(async () => (await Now(world, instantiate)).State == Ended.FailedTemp, "undoing gave up");
        await world.Operations.FailOperationAsync(new() { OperationId = instantiate.OperationId });
        await world.EndOf(instantiate);

        world.Site.Script = SiteScript.Obey;
        await world.Site.Restart();
        await Eventually.Is(async () => await world.Get(id) is { Conditions.Count: 0, RunningOperationId: "" } && await world.Held() == 0, "nothing is left");
        await world.AssertNothingLeft(id);
        Assert.Equal((Kind.Residue, "TERMINATED"), (await Resolved(world)) is var f ? (f.Kind, f.Action) : default);
    }

    [Fact]
    public async Task An_instance_says_since_when_its_site_has_not_been_in_sync()
    {
        await using var world = await Start();
        var id = await world.Running();
        Assert.Null((await world.Get(id)).NotSyncedSince);

        var port = await world.Vanish();
        await Eventually.Is(async () => (await world.Get(id)).NotSyncedSince is not null, "it says so");
        Assert.All((await world.Get(id)).Conditions, c => Assert.Contains("not in sync since", c.Message, StringComparison.Ordinal));
        await world.Reappear(port);
        await Synced(world);
        Assert.All((await world.Get(id)).Conditions, c => Assert.Equal("", c.Message));
    }

    private static Task<MeoWorld> Start(Func<ReconciliationOptions, ReconciliationOptions>? with = null, TimeSpan? undoBudget = null)
    {
        var often = new ReconciliationOptions { ResyncEvery = TimeSpan.FromMilliseconds(100), ThoroughEvery = 10_000 };
        return MeoWorld.Start(options => options with
        {
            Reconciliation = with?.Invoke(often) ?? often,
            Operations = undoBudget is { } budget ? new() { UndoBudget = budget } : new(),
        });
    }

    /// <summary>The MEO has the site's list, as an instance of its own shows.</summary>
    private static async Task Synced(MeoWorld world)
    {
        var probe = (await world.Lifecycle.ListAppInstancesAsync(new() { SiteId = MeoWorld.SiteId })).AppInstances.FirstOrDefault()?.AppInstanceId;
        await (probe is null
            ? Eventually.Is(() => world.Site.Watched, "the site is watched")
            : Eventually.Is(async () => world.Site.Watched && (await world.Get(probe)).NotSyncedSince is null, "the site is in sync"));
    }

    private static async Task<IReadOnlyList<WireFinding>> Findings(MeoWorld world) => (await world.Inventory.ListFindingsAsync(new())).Findings;

    private static async Task<WireFinding> Resolved(MeoWorld world)
    {
        IReadOnlyList<WireFinding> all = [];
        await Eventually.Is(async () => (all = await Findings(world)).Count == 1 && all[0].ResolvedTime is not null, "what was found is right again");
        Assert.Empty((await world.Inventory.ListFindingsAsync(new() { OpenOnly = true })).Findings);
        return all[0];
    }

    private static async Task<Operation> Now(MeoWorld world, Operation operation) =>
        (await world.Operations.GetOperationAsync(new() { OperationId = operation.OperationId })).Operation;
}
