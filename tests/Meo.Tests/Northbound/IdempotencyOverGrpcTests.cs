using Google.Protobuf;
using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Northbound;

/// <summary>Every mutating call, made twice with one key: one effect, one answer; and never another request's answer.</summary>
public sealed class IdempotencyOverGrpcTests
{
    /// <summary>What is tried, and which call it is; held against the table of every call.</summary>
    public static IReadOnlyDictionary<string, string> Tried { get; } = new Dictionary<string, string>
    {
        ["create"] = "LifecycleService/CreateAppInstance",
        ["instantiate"] = "LifecycleService/InstantiateAppInstance",
        ["instantiate-several"] = "LifecycleService/InstantiateAppInstances",
        ["operate"] = "LifecycleService/OperateAppInstance",
        ["terminate"] = "LifecycleService/TerminateAppInstance",
        ["delete"] = "LifecycleService/DeleteAppInstance",
        ["force-delete"] = "LifecycleService/DeleteAppInstance",
        ["cancel"] = "OperationService/CancelOperation",
        ["retry"] = "OperationService/RetryOperation",
        ["fail"] = "OperationService/FailOperation",
        ["package-create"] = "OnboardingService/CreateAppPackage",
        ["upload"] = "OnboardingService/UploadAppPackage",
        ["package-disable"] = "OnboardingService/SetAppPackageOperationalState",
        ["package-delete"] = "OnboardingService/DeleteAppPackage",
        ["maintenance"] = "InventoryService/SetHostMaintenance",
    };

    public static TheoryData<string> Calls => [.. Tried.Keys];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task The_same_key_and_request_give_the_same_answer_and_another_request_is_refused(string call)
    {
        await using var world = await MeoWorld.Start(
            options => call is "retry" or "fail" ? options with { Operations = new() { UndoBudget = TimeSpan.FromMilliseconds(1) } } : options);
        var (request, other) = await Prepare(world, call);
        var first = await Call(world, request, "key 1");
        var revision = await Effects(world);
        var again = await Call(world, request, "key 1");

        Assert.Equal(IdOf(first), IdOf(again));
        Assert.Equal(revision, await Effects(world));
        var e = await Assert.ThrowsAsync<RpcException>(() => Call(world, other, "key 1"));
        Assert.Equal(StatusCode.AlreadyExists, e.StatusCode);
        Assert.Contains("key 1", e.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(revision, await Effects(world));
    }

    [Fact]
    public async Task A_creation_repeated_after_somebody_deleted_its_thing_is_answered_as_it_was()
    {
        await using var world = await MeoWorld.Start();
        var package = (Mano.Onboarding.V1.AppPackage)await Call(world, new Mano.Onboarding.V1.CreateAppPackageRequest(), "package");
        var request = new CreateAppInstanceRequest { AppPackageId = await world.Onboard(), AppInstanceName = "probe" };
        var made = (AppInstance)await Call(world, request, "instance");
        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = made.AppInstanceId });
        await world.Onboarding.DeleteAppPackageAsync(new() { AppPackageId = package.AppPackageId });

        Assert.Equal(made, await Call(world, request, "instance"));
        Assert.Equal(package, await Call(world, new Mano.Onboarding.V1.CreateAppPackageRequest(), "package"));
        Assert.Empty((await world.Lifecycle.ListAppInstancesAsync(new())).AppInstances);
    }

    [Fact]
    public async Task Ten_calls_at_once_with_one_key_make_one_instance()
    {
        await using var world = await MeoWorld.Start();
        var request = new CreateAppInstanceRequest { AppPackageId = await world.Onboard() };
        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Call(world, request, "one")));
        Assert.Single(made.Select(IdOf).Distinct());
        Assert.Single((await world.Lifecycle.ListAppInstancesAsync(new())).AppInstances);
    }

    [Theory]
    [InlineData("")]
    [InlineData("129")]
    public async Task A_key_that_cannot_be_one_is_refused(string text)
    {
        await using var world = await MeoWorld.Start();
        var key = text == "129" ? new string('k', 129) : text;
        var e = await Assert.ThrowsAsync<RpcException>(() => Call(world, new CreateAppInstanceRequest { AppDId = "x" }, key));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
    }

    private static InstantiateAppInstancesRequest Several(params string[] ids) =>
        new() { Members = { ids.Select(id => new InstantiateAppInstanceRequest { AppInstanceId = id }) } };

    private static async Task<(IMessage Request, IMessage Other)> Prepare(MeoWorld world, string call)
    {
        var package = call == "maintenance" ? "" : await world.Onboard();
        switch (call)
        {
            case "create":
                return (new CreateAppInstanceRequest { AppPackageId = package }, new CreateAppInstanceRequest { AppPackageId = package, AppInstanceName = "b" });
            case "instantiate":
                var made = await world.Create(package);
                world.Site.Script = SiteScript.Linger;
                return (new InstantiateAppInstanceRequest { AppInstanceId = made },
                    new InstantiateAppInstanceRequest { AppInstanceId = made, Timeout = new() { Seconds = 60 } });
            case "instantiate-several":
                var (one, two) = (await world.Create(package), await world.Create(package));
                world.Site.Script = SiteScript.Linger;
                return (Several(one, two), Several(two, one));
            case "operate":
                var started = await world.Running(package);
                return (new OperateAppInstanceRequest { AppInstanceId = started, ChangeStateTo = OperateTo.Stopped },
                    new OperateAppInstanceRequest { AppInstanceId = started, ChangeStateTo = OperateTo.Started });
            case "terminate":
                var running = await world.Running(package);
                return (new TerminateAppInstanceRequest { AppInstanceId = running }, new DeleteAppInstanceRequest { AppInstanceId = running });
            case "delete":
                var unused = await world.Create(package);
                return (new DeleteAppInstanceRequest { AppInstanceId = unused }, new DeleteAppInstanceRequest { AppInstanceId = unused + "0" });
            case "cancel":
                world.Site.Script = SiteScript.Linger;
                var operation = await world.Instantiate(await world.Create(package));
                return (new CancelOperationRequest { OperationId = operation.OperationId }, new DeleteAppInstanceRequest { AppInstanceId = "x" });
            case "force-delete":
                var abandoned = await world.Running(package);
                await world.Inventory.DeregisterSiteAsync(new() { SiteId = MeoWorld.SiteId, Incarnation = "1" });
                return (new DeleteAppInstanceRequest { AppInstanceId = abandoned, Force = true }, new DeleteAppInstanceRequest { AppInstanceId = abandoned });
            case "retry" or "fail":
                var stuck = await Stuck(world, package);
                return call == "retry"
                    ? (new RetryOperationRequest { OperationId = stuck }, new FailOperationRequest { OperationId = stuck })
                    : (new FailOperationRequest { OperationId = stuck }, new RetryOperationRequest { OperationId = stuck });
            case "upload":
                var empty = (await world.Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
                return (new Mano.Onboarding.V1.UploadAppPackageRequest.Types.Header { AppPackageId = empty, FileName = "probe.json" },
                    new Mano.Onboarding.V1.UploadAppPackageRequest.Types.Header { AppPackageId = empty, FileName = "other.json" });
            case "package-create":
                return (new Mano.Onboarding.V1.CreateAppPackageRequest(),
                    new Mano.Onboarding.V1.CreateAppPackageRequest { UserDefinedData = { ["a"] = "b" } });
            case "package-disable" or "package-delete":
                return await PreparePackage(world, call, package);
            default:
                return (new Mano.Inventory.V1.SetHostMaintenanceRequest { HostId = MeoWorld.HostId, Maintenance = true },
                    new Mano.Inventory.V1.SetHostMaintenanceRequest { HostId = MeoWorld.HostId });
        }
    }

    /// <summary>An operation that could not be undone and waits for a person.</summary>
    private static async Task<string> Stuck(MeoWorld world, string package)
    {
        world.Site.Script = SiteScript.Linger;
        var instance = await world.Create(package);
        var operation = await world.Instantiate(instance);
        await world.Lingers(instance);
        world.Site.Script = SiteScript.BeAway;
        await world.Operations.CancelOperationAsync(new() { OperationId = operation.OperationId });
        await Eventually.Is(
            async () => (await world.Operations.GetOperationAsync(new() { OperationId = operation.OperationId })).Operation.State == Operation.Types.State.FailedTemp,
            "undoing gave up");
        world.Site.Script = SiteScript.Obey;
        return operation.OperationId;
    }

    private static async Task<(IMessage Request, IMessage Other)> PreparePackage(MeoWorld world, string call, string package)
    {
        var disable = new Mano.Onboarding.V1.SetAppPackageOperationalStateRequest
        {
            AppPackageId = package, OperationalState = Mano.Onboarding.V1.AppPackage.Types.OperationalState.Disabled,
        };
        if (call == "package-disable")
        {
            var enable = disable.Clone();
            enable.OperationalState = Mano.Onboarding.V1.AppPackage.Types.OperationalState.Enabled;
            return (disable, enable);
        }

        await world.Onboarding.SetAppPackageOperationalStateAsync(disable);
        return (new Mano.Onboarding.V1.DeleteAppPackageRequest { AppPackageId = package },
            new Mano.Onboarding.V1.DeleteAppPackageRequest { AppPackageId = Guid.Empty.ToString() });
    }

    private static async Task<IMessage> Call(MeoWorld world, IMessage request, string key)
    {
        var headers = new Metadata { { "idempotency-key", key } };
        return request switch
        {
            CreateAppInstanceRequest r => (await world.Lifecycle.CreateAppInstanceAsync(r, headers)).AppInstance,
            InstantiateAppInstanceRequest r => (await world.Lifecycle.InstantiateAppInstanceAsync(r, headers)).Operation,
            InstantiateAppInstancesRequest r => (await world.Lifecycle.InstantiateAppInstancesAsync(r, headers)).Operations[1],
            OperateAppInstanceRequest r => await Ended(world, (await world.Lifecycle.OperateAppInstanceAsync(r, headers)).Operation),
            TerminateAppInstanceRequest r => await Ended(world, (await world.Lifecycle.TerminateAppInstanceAsync(r, headers)).Operation),
            DeleteAppInstanceRequest r => await world.Lifecycle.DeleteAppInstanceAsync(r, headers),
            RetryOperationRequest r => (await world.Operations.RetryOperationAsync(r, headers)).Operation,
            FailOperationRequest r => await Ended(world, (await world.Operations.FailOperationAsync(r, headers)).Operation),
            Mano.Onboarding.V1.UploadAppPackageRequest.Types.Header r => await world.Upload(r, "uploaded-d", headers),
            CancelOperationRequest r => await Cancelled(world, (await world.Operations.CancelOperationAsync(r, headers)).Operation),
            Mano.Onboarding.V1.CreateAppPackageRequest r => (await world.Onboarding.CreateAppPackageAsync(r, headers)).AppPackage,
            Mano.Onboarding.V1.SetAppPackageOperationalStateRequest r => (await world.Onboarding.SetAppPackageOperationalStateAsync(r, headers)).AppPackage,
            Mano.Onboarding.V1.DeleteAppPackageRequest r => await world.Onboarding.DeleteAppPackageAsync(r, headers),
            Mano.Inventory.V1.SetHostMaintenanceRequest r => (await world.Inventory.SetHostMaintenanceAsync(r, headers)).Host,
            _ => throw new ArgumentOutOfRangeException(nameof(request), request.Descriptor.Name, "There is no such call here."),
        };
    }

    // The answer is repeated when the operation has long ended, too.
    private static async Task<Operation> Ended(MeoWorld world, Operation operation)
    {
        await world.EndOf(operation);
        return operation;
    }

    private static async Task<Operation> Cancelled(MeoWorld world, Operation operation)
    {
        await Eventually.Is(() => !world.Site.Removals.IsEmpty || world.Site.Instances.Count == 0, "the cancel is at work");
        world.Site.Finish();
        return await Ended(world, operation);
    }

    private static string IdOf(IMessage answer) => answer switch
    {
        AppInstance made => made.AppInstanceId,
        Operation operation => operation.OperationId,
        _ => answer.ToString()!,
    };

    /// <summary>Everything that can be counted from outside.</summary>
    private static async Task<string> Effects(MeoWorld world)
    {
        var instances = (await world.Lifecycle.ListAppInstancesAsync(new())).AppInstances.Count;
        var operations = (await world.Operations.ListOperationsAsync(new())).Operations.Count;
        var packages = (await world.Onboarding.ListAppPackagesAsync(new())).AppPackages.Select(p => p.OperationalState);
        var maintenance = (await world.Inventory.ListSitesAsync(new())).Sites[0].Hosts[0].Maintenance;
        return $"{instances} instances, {operations} operations, packages {string.Join(',', packages)}, maintenance {maintenance}";
    }
}
