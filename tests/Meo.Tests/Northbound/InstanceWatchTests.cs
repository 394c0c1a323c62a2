using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Testing;

namespace Mano.Meo.Tests.Northbound;

/// <summary>WatchAppInstances: everything that becomes of instances, also to who comes back.</summary>
public sealed class InstanceWatchTests
{
    [Fact]
    public async Task Instances_are_told_as_they_are_then_as_they_change_until_they_are_gone()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard();
        var first = await world.Running(package);
        using var watch = world.Lifecycle.WatchAppInstances(new());
        var seen = await Next(watch);
        Assert.Equal((first, true, AppInstance.Types.OperationalState.Started), (seen.AppInstance.AppInstanceId, seen.Initial, seen.AppInstance.OperationalState));
        Assert.Equal(MeoWorld.HostId, seen.AppInstance.Location.HostId);
        Assert.Null((await Next(watch)).AppInstance);

        var second = await world.Create(package);
        seen = await Next(watch);
        Assert.Equal((second, false, AppInstance.Types.InstantiationState.NotInstantiated), (seen.AppInstance.AppInstanceId, seen.Initial, seen.AppInstance.InstantiationState));
        await world.EndOf(await world.Terminate(first));
        seen = await Until(watch, s => s.AppInstance.AppInstanceId == first && s.AppInstance.InstantiationState == AppInstance.Types.InstantiationState.NotInstantiated);
        Assert.Null(seen.AppInstance.Location);
        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = first });
        seen = await Until(watch, s => s.Deleted);
        Assert.Equal(new AppInstance { AppInstanceId = first }, seen.AppInstance);
    }

    [Fact]
    public async Task Who_comes_back_with_a_token_is_told_what_happened_meanwhile_and_that_alone()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard();
        var first = await world.Create(package);
        string token;
        using (var watch = world.Lifecycle.WatchAppInstances(new() { Filter = "app_instance_name = probe" }))
        {
            await Next(watch);
            token = (await Next(watch)).ResumeToken;
        }

        var second = await world.Create(package);
        await world.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = first });
        var mask = new Google.Protobuf.WellKnownTypes.FieldMask { Paths = { "app_name" } };
        using var again = world.Lifecycle.WatchAppInstances(new() { Filter = "app_instance_name = probe", ResumeToken = token, ReadMask = mask });
        var made = await Next(again);
        Assert.Equal((false, false), (made.Initial, made.Deleted));
        Assert.Equal(("", true), (made.AppInstance.AppInstanceId, made.AppInstance.AppName.Length > 0));
        var gone = await Next(again);
        Assert.Equal((true, first), (gone.Deleted, gone.AppInstance.AppInstanceId));
        Assert.NotEqual(first, second);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Next(world.Lifecycle.WatchAppInstances(new() { ResumeToken = token })));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    private static async Task<WatchAppInstancesResponse> Next(AsyncServerStreamingCall<WatchAppInstancesResponse> watch)
    {
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None).Soon("the next message comes"));
        return watch.ResponseStream.Current;
    }

    private static async Task<WatchAppInstancesResponse> Until(AsyncServerStreamingCall<WatchAppInstancesResponse> watch, Func<WatchAppInstancesResponse, bool> wanted)
    {
        WatchAppInstancesResponse seen;
        do
        {
            seen = await Next(watch);
        }
        while (!wanted(seen));
        return seen;
    }
}
