using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Sites;
using Mano.Meo.Tests.World;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>An instance is given up while its site is gone: at once, and with the debt remembered until the site is back.</summary>
public sealed class ForceTests
{
    [Fact]
    public async Task Force_is_refused_with_a_sentence_while_the_site_lives()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        var refused = await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id, Force = true }));
        Assert.Equal(("SITE_ALIVE", "ALIVE"), (refused.Reason, refused.CurrentState));
        Assert.Contains("terminate it without force", refused.Message, StringComparison.Ordinal);
        await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true }));
        Assert.Empty(await Debts(world));
    }

    [Fact]
    public async Task Terminate_by_force_gives_everything_back_at_once_and_the_returned_site_pays()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        await Leave(world);

        var operation = (await world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id, Force = true })).Operation;
        Assert.Equal(Operation.Types.Kind.Terminate, operation.Kind);
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        Assert.Equal(AppInstance.Types.InstantiationState.NotInstantiated, (await world.Get(id)).InstantiationState);
        Assert.Equal(0, await world.Held());
        Assert.Empty((await world.Granting.ListGrantsAsync(new())).Grants);
        var debt = Assert.Single(await Debts(world));
        Assert.Equal(
            (MeoWorld.SiteId, MeoWorld.HostId, id, "FORCED", operation.OperationId, 2000L),
            (debt.SiteId, debt.HostId, debt.AppInstanceId, debt.Reason, debt.OperationId, debt.Amount.MilliCpu));
        Assert.Contains("LEFT", debt.Message, StringComparison.Ordinal);
        await Eventually.Is(async () => await Owed(world) == 2000, "what may still run there is not free");
        Assert.Single(world.Site.Instances);

        await Return(world);
        await Eventually.Is(async () => (await Debts(world)).Count == 0, "the debt is paid");
        Assert.Empty(world.Site.Instances);
        Assert.Equal(debt.Generation, world.Site.Removals.Last().Generation);
        await Eventually.Is(async () => await Owed(world) == 0, "the capacity is free again");
    }

    [Fact]
    public async Task What_is_owed_is_not_promised_again_before_it_is_paid()
    {
        await using var world = await MeoWorld.Start(hosts: MeoWorld.AHost(vcpus: 2));
        var package = await world.Onboard();
        var id = await world.Running(package);
        await Leave(world);
        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true });
        world.Site.Script = SiteScript.Linger;
        await Return(world, vcpus: 2);

        var other = await world.Create(package);
        var refused = await Refused.With(StatusCode.ResourceExhausted, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = other }));
        Assert.Contains("FULL", refused.Message, StringComparison.Ordinal);
        Assert.Null((await world.Get(other)).Location);

        world.Site.Finish();
        await Eventually.Is(async () => (await Debts(world)).Count == 0 && await Owed(world) == 0, "the debt is paid");
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Instantiate(other))).State);
    }

    [Theory]
    [InlineData("Obey")]
    [InlineData("Linger")]
    [InlineData("BeAway")]
    public async Task Delete_by_force_takes_an_instance_away_from_any_state(string siteScript)
    {
        var script = Enum.Parse<SiteScript>(siteScript);
        await using var world = await MeoWorld.Start();
        world.Site.Script = script;
        var package = await world.Onboard();
        var id = await world.Create(package);
        var instantiate = await world.Instantiate(id);
        await Eventually.Is(
            async () => script == SiteScript.Obey ? (await world.Get(id)).RunningOperationId.Length == 0 : (await Step(world, instantiate)) is "ready" or "site",
            "it is under way, or done");
        await Leave(world);

        var deleted = await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true });
        Assert.Equal(Ended.Completed, deleted.Operation.State);
        await Refused.With(StatusCode.NotFound, () => world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = id }));
        Assert.Equal(0, await world.Held());
        Assert.Empty((await world.Granting.ListGrantsAsync(new())).Grants);
        Assert.Empty((await world.Operations.ListOperationsAsync(new() { UnfinishedOnly = true })).Operations);
        var first = await world.EndOf(instantiate);
        Assert.Equal(script == SiteScript.Obey ? "Completed" : "Failed", first.DetailedState);
        await world.Onboarding.SetAppPackageOperationalStateAsync(
            new() { AppPackageId = package, OperationalState = Mano.Onboarding.V1.AppPackage.Types.OperationalState.Disabled });
        await world.Onboarding.DeleteAppPackageAsync(new() { AppPackageId = package });

        world.Site.Script = SiteScript.Obey;
        await Return(world);
        await Eventually.Is(async () => (await Debts(world)).Count == 0, "the debt is paid");
        Assert.Empty(world.Site.Instances);
    }

    [Fact]
    public async Task Delete_by_force_ends_a_termination_that_needs_attention()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        world.Site.Script = SiteScript.BeAway;
        var terminate = (await world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id, Timeout = new() { Seconds = 1 } })).Operation;
        await Eventually.Is(async () => (await Now(world, terminate)).State == Ended.FailedTemp, "the operation needs attention");
        await Leave(world);

        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true });
        Assert.Equal("TAKEN_OVER", (await world.EndOf(terminate)).Failure.Reason);
        Assert.Equal(id, Assert.Single(await Debts(world)).AppInstanceId);
    }

    [Fact]
    public async Task Delete_by_force_of_a_mere_record_needs_no_operation()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        Assert.Null((await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true })).Operation);
        await Refused.With(StatusCode.NotFound, () => world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = id }));
        Assert.Empty(await Debts(world));
    }

    [Fact]
    public async Task The_same_key_gives_the_same_operation_also_when_everything_is_gone()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        await Leave(world);
        var headers = new Metadata { { "idempotency-key", "gone" } };
        var first = await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true }, headers);
        var again = await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id, Force = true }, headers);
        Assert.Equal(first.Operation.OperationId, again.Operation.OperationId);
    }

    [Fact]
    public async Task A_failed_operation_leaves_a_residue_that_terminate_takes_away()
    {
        await using var world = await MeoWorld.Start(options => options with { Operations = new() { UndoBudget = TimeSpan.FromMilliseconds(1) } });
        world.Site.Script = SiteScript.Linger;
        var id = await world.Create();
        var instantiate = await world.Instantiate(id);
        await world.Lingers(id);
        world.Site.Script = SiteScript.BeAway;
        await world.Operations.CancelOperationAsync(new() { OperationId = instantiate.OperationId });
        await Eventually.Is(async () => (await Now(world, instantiate)).State == Ended.FailedTemp, "undoing gave up");

        await world.Operations.FailOperationAsync(new() { OperationId = instantiate.OperationId });
        Assert.Equal("Failed", (await world.EndOf(instantiate)).DetailedState);
        Assert.Equal(2000, await world.Held());
        var delete = await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id }));
        var again = await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id }));
        Assert.All([delete, again], f => Assert.Equal("RESIDUE", f.Reason));

        world.Site.Script = SiteScript.Obey;
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(id))).State);
        await world.AssertNothingLeft(id);
    }

    /// <summary>The site has left, and its link is closed: until then it would be asked at once to pay what it owes.</summary>
    private static async Task Leave(MeoWorld world)
    {
        await world.Inventory.DeregisterSiteAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
        await Eventually.Is(() => !world.Part<ISiteReports>().Report(MeoWorld.SiteId).IsSynced, "its link is closed");
    }

    private static Task Return(MeoWorld world, int vcpus = 8) => world.Register(MeoWorld.SiteId, world.Site.Address, MeoWorld.AHost(vcpus: vcpus));

    private static async Task<IReadOnlyList<Debt>> Debts(MeoWorld world) => (await world.Inventory.ListDebtsAsync(new())).Debts;

    private static async Task<long> Owed(MeoWorld world) => (await world.Inventory.ListSitesAsync(new())).Sites.SelectMany(s => s.Hosts).Sum(h => h.Owed.MilliCpu);

    private static async Task<Operation> Now(MeoWorld world, Operation operation) =>
        (await world.Operations.GetOperationAsync(new() { OperationId = operation.OperationId })).Operation;

    private static async Task<string?> Step(MeoWorld world, Operation operation) =>
        (await Now(world, operation)).Steps.LastOrDefault(s => s.State == StepState.Started)?.Name;
}
