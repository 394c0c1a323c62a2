using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using AppInstance = Mano.Lifecycle.V1.AppInstance;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>A whole MEO over gRPC with a site that does what it is told: the life of an instance, and every refusal.</summary>
public sealed class LifecycleOverGrpcTests
{
    private const string Missing = "6f1c2b9e-0c1d-4c55-9a7e-3b0d3b1f1a11";

    [Fact]
    public async Task An_instance_lives_from_create_to_delete_and_leaves_nothing()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        Assert.Equal(AppInstance.Types.InstantiationState.NotInstantiated, (await world.Get(id)).InstantiationState);

        var ended = await world.EndOf(await world.Instantiate(id));
        Assert.Equal((Ended.Completed, Operation.Types.Kind.Instantiate), (ended.State, ended.Kind));
        Assert.Equal(["placement", "capacity", "grant", "site", "ready"], ended.Steps.Select(s => s.Name));
        Assert.All(ended.Steps, s => Assert.Equal(StepState.Succeeded, s.State));
        var running = await world.Get(id);
        Assert.Equal(AppInstance.Types.OperationalState.Started, running.OperationalState);
        Assert.Equal((MeoWorld.SiteId, MeoWorld.HostId), (running.Location.SiteId, running.Location.HostId));
        Assert.Equal("127.0.9.1", running.Endpoint.Address);
        Assert.Equal(["Allocated", "Running", "Configured", "Ready", "RulesActive"], running.Conditions.Select(c => c.Type));
        Assert.Equal(2000, await world.Held());
        Assert.Single((await world.Granting.ListGrantsAsync(new())).Grants);

        Assert.Equal(AppInstance.Types.OperationalState.Stopped, await Operate(world, id, OperateTo.Stopped));
        Assert.Equal(2000, await world.Held());
        Assert.Equal(AppInstance.Types.OperationalState.Started, await Operate(world, id, OperateTo.Started));

        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(id))).State);
        await world.AssertNothingLeft(id);
        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id });
        Assert.Equal("APP_INSTANCE_NOT_FOUND", (await Refused.With(
            StatusCode.NotFound, () => world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = id }))).Reason);
    }

    [Fact]
    public async Task A_site_is_told_what_the_descriptor_says_under_growing_generations()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Running();
        await Operate(world, id, OperateTo.Stopped);
        await world.EndOf(await world.Terminate(id));

        var first = world.Site.Told.First();
        Assert.Equal((id, MeoWorld.HostId, DesiredAppInstance.Types.PowerState.Started), (first.AppInstanceId, first.HostId, first.PowerState));
        Assert.Equal((2000, 512), (first.Compute.Resources.MilliCpu, first.Compute.Resources.MemoryMib));
        Assert.Equal(8080u, Assert.Single(first.Compute.Ports).Number);
        Assert.Equal("probe.edge.example", Assert.Single(first.Platform.DnsRules).DomainName);
        Assert.Equal(id, first.Grant.GrantId);
        Assert.Equal(DesiredAppInstance.Types.PowerState.Stopped, world.Site.Told.Last().PowerState);
        long[] generations = [.. world.Site.Told.Select(t => t.Generation), world.Site.Removals.Last().Generation];
        Assert.Equal(generations.Order().Distinct(), generations);
    }

    [Fact]
    public async Task The_descriptor_bounds_the_time_an_application_gets_to_finish()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard(more: """
            "terminateAppInstanceOpConfig": { "minGracefulTerminationTimeout": 7, "maxRecommendedGracefulTerminationTimeout": 20 },
            """);
        foreach (var (asked, told) in new[] { (1, 7), (10, 10), (600, 20) })
        {
            var id = await world.Running(package);
            await world.EndOf((await world.Lifecycle.TerminateAppInstanceAsync(new()
            {
                AppInstanceId = id, GracefulTerminationTimeout = new() { Seconds = asked },
            })).Operation);
            Assert.Equal(told, world.Site.Removals.Last().GracefulTimeout.Seconds);
        }
    }

    [Theory]
    [InlineData("NOT_INSTANTIATED", "operate", "STOPPED")]
    [InlineData("NOT_INSTANTIATED", "terminate", "STARTED,STOPPED")]
    [InlineData("STARTED", "instantiate", "NOT_INSTANTIATED")]
    [InlineData("STARTED", "operate", "STOPPED")]
    [InlineData("STARTED", "delete", "NOT_INSTANTIATED")]
    public async Task What_the_state_does_not_allow_is_refused_with_the_states_that_would(string state, string call, string allowed)
    {
        await using var world = await MeoWorld.Start();
        var id = state == "STARTED" ? await world.Running() : await world.Create();
        var refusal = call switch
        {
            "instantiate" => await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id })),
            "operate" => await Refused.With(
                StatusCode.FailedPrecondition, () => world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = OperateTo.Started })),
            "terminate" => await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id })),
            _ => await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id })),
        };
        Assert.Equal("ILLEGAL_STATE", refusal.Reason);
        Assert.Equal((state, allowed), (refusal.CurrentState, string.Join(',', refusal.AllowedStates)));
        Assert.Equal("app-instance/" + id, refusal.Subject);
    }

    [Fact]
    public async Task Every_fault_of_a_request_is_named_at_once()
    {
        await using var world = await MeoWorld.Start();
        var create = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.CreateAppInstanceAsync(new()
        {
            AppPackageId = "a", AppDId = "b", AppInstanceName = new string('x', 256), AppInstanceId = "not-a-guid",
        }));
        Assert.Equal(["app_package_id", "app_instance_name", "app_instance_id"], create.Paths());

        var instantiate = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(new()
        {
            Timeout = new() { Seconds = -1 }, Constraints = new() { CountryCode = "DEU", Zones = { "" } },
        }));
        Assert.Equal(["app_instance_id", "timeout", "constraints.zones", "constraints.country_code"], instantiate.Paths());

        var operate = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.OperateAppInstanceAsync(new()
        {
            GracefulStopTimeout = new() { Seconds = 100_000 }, Timeout = new() { Nanos = 1 },
        }));
        Assert.Equal(["app_instance_id", "change_state_to", "graceful_stop_timeout", "timeout"], operate.Paths());

        var terminate = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.TerminateAppInstanceAsync(new()
        {
            GracefulTerminationTimeout = new() { Seconds = long.MaxValue }, Timeout = new() { Seconds = 1, Nanos = -5 },
        }));
        Assert.Equal(["app_instance_id", "graceful_termination_timeout", "timeout"], terminate.Paths());
        Assert.Empty(world.Site.Told);
    }

    [Theory]
    [InlineData(-1, "")]
    [InlineData(1001, "")]
    [InlineData(1, "a token with spaces")]
    public async Task A_page_that_cannot_be_is_refused(int size, string token)
    {
        await using var world = await MeoWorld.Start();
        await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.ListAppInstancesAsync(new() { PageSize = size, PageToken = token }));
        await Refused.With(StatusCode.InvalidArgument, () => world.Operations.ListOperationsAsync(new() { PageSize = size, PageToken = token }));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_whatever_is_asked_of_it()
    {
        await using var world = await MeoWorld.Start();
        foreach (var id in new[] { Missing, "x y", "../../etc", new string('z', 10_000) })
        {
            await Refused.With(StatusCode.NotFound, () => world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = OperateTo.Started }));
            await Refused.With(StatusCode.NotFound, () => world.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Operations.GetOperationAsync(new() { OperationId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Operations.CancelOperationAsync(new() { OperationId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Operations.RetryOperationAsync(new() { OperationId = id }));
            await Refused.With(StatusCode.NotFound, () => world.Placement.ExplainPlacementAsync(new() { AppInstanceId = id }));
        }

        Assert.Equal("PACKAGE_NOT_FOUND", (await Refused.With(
            StatusCode.NotFound, () => world.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = Missing }))).Reason);
    }

    [Fact]
    public async Task An_instance_may_bring_its_own_id_once_and_be_made_of_a_descriptor()
    {
        await using var world = await MeoWorld.Start();
        await world.Onboard("by-descriptor");
        var made = (await world.Lifecycle.CreateAppInstanceAsync(new() { AppDId = "by-descriptor", AppInstanceId = Missing })).AppInstance;
        Assert.Equal((Missing, "by-descriptor", "tests"), (made.AppInstanceId, made.AppDId, made.AppProvider));
        Assert.Equal("APP_INSTANCE_EXISTS", (await Refused.With(
            StatusCode.AlreadyExists, () => world.Lifecycle.CreateAppInstanceAsync(new() { AppDId = "by-descriptor", AppInstanceId = Missing }))).Reason);
    }

    [Fact]
    public async Task A_disabled_package_makes_and_instantiates_nothing_new_and_leaves_what_runs()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard();
        var running = await world.Running(package);
        var made = await world.Create(package);
        await world.Onboarding.SetAppPackageOperationalStateAsync(new()
        {
            AppPackageId = package, OperationalState = Mano.Onboarding.V1.AppPackage.Types.OperationalState.Disabled,
        });

        var create = await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package }));
        var instantiate = await Refused.With(StatusCode.FailedPrecondition, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = made }));
        Assert.All([create, instantiate], f => Assert.Equal(("PACKAGE_DISABLED", "DISABLED"), (f.Reason, f.CurrentState)));
        Assert.Equal(Ended.Completed, (await world.EndOf(await world.Terminate(running))).State);
    }

    [Fact]
    public async Task Lists_come_in_pages_that_lose_and_repeat_nothing()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard(vcpus: 1);
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await world.Running(package));
        }

        await world.Create(package);
        var listed = new List<string>();
        for (var token = ""; ;)
        {
            var page = await world.Lifecycle.ListAppInstancesAsync(new() { PageSize = 2, PageToken = token, SiteId = MeoWorld.SiteId });
            listed.AddRange(page.AppInstances.Select(a => a.AppInstanceId));
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                break;
            }

            Assert.Equal(2, page.AppInstances.Count);
        }

        Assert.Equal(ids.Order(StringComparer.Ordinal), listed);
        Assert.Empty((await world.Lifecycle.ListAppInstancesAsync(new() { SiteId = "elsewhere" })).AppInstances);
        Assert.Equal(6, (await world.Lifecycle.ListAppInstancesAsync(new())).AppInstances.Count);
    }

    [Fact]
    public async Task Operations_are_listed_newest_first_by_instance_and_unfinished_only()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard(vcpus: 1);
        var first = await world.Running(package);
        await world.EndOf(await world.Terminate(first));
        world.Site.Script = SiteScript.Linger;
        var lingering = await world.Instantiate(await world.Create(package));

        var all = (await world.Operations.ListOperationsAsync(new())).Operations;
        Assert.Equal(
            [Operation.Types.Kind.Instantiate, Operation.Types.Kind.Terminate, Operation.Types.Kind.Instantiate], all.Select(o => o.Kind));
        Assert.Equal(lingering.OperationId, all[0].OperationId);
        var page = await world.Operations.ListOperationsAsync(new() { PageSize = 2 });
        Assert.Equal(all.Take(2).Select(o => o.OperationId), page.Operations.Select(o => o.OperationId));
        var rest = await world.Operations.ListOperationsAsync(new() { PageSize = 2, PageToken = page.NextPageToken });
        Assert.Equal((all[2].OperationId, ""), (Assert.Single(rest.Operations).OperationId, rest.NextPageToken));

        Assert.All((await world.Operations.ListOperationsAsync(new() { AppInstanceId = first })).Operations, o => Assert.Equal(first, o.AppInstanceId));
        Assert.Equal(lingering.OperationId, Assert.Single((await world.Operations.ListOperationsAsync(new() { UnfinishedOnly = true })).Operations).OperationId);
    }

    private static async Task<AppInstance.Types.OperationalState> Operate(MeoWorld world, string id, OperateTo to)
    {
        var operation = (await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = to })).Operation;
        Assert.Equal(Ended.Completed, (await world.EndOf(operation)).State);
        return (await world.Get(id)).OperationalState;
    }
}
