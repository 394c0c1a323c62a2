using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Testing;

namespace Mano.Mesh.Tests.Processes;

/// <summary>A client that follows all operations while the MEO is killed again and again hears every change once, in order.</summary>
[Trait("Speed", "Slow")]
public sealed class WatchResumeTests
{
    private const string Vim = "vim=Simulated,vim.BootTime=00:00:00.3,vim.DeleteTime=00:00:00.3";
    private const int Kills = 4;

    [Fact]
    public async Task With_the_embedded_store_of_a_MEO_that_is_killed_and_restarted()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        await Follows(system, [system.Meo]);
    }

    [RedisFact]
    public async Task With_Redis_and_two_replicas_of_which_the_one_that_is_asked_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var system = await EdgeSystem.StartAsync(Vim, "--store", redis.Url, "--replica", "one");
        using var folder = new TempFolder();
        await using var other = await DaemonProcess.StartAsync(
            "Meo", "--data", folder.File("two"), "--grpc", $"127.0.0.1:{DaemonProcess.FreePort()}", "--store", redis.Url, "--replica", "two");
        await Follows(system, [system.Meo, other]);
    }

    /// <summary>Instances come and go; the watched MEO is killed in the middle of each; the next one is asked to go on.</summary>
    private static async Task Follows(EdgeSystem system, IReadOnlyList<DaemonProcess> replicas)
    {
        using var channels = new GrpcChannels();
        var heard = new List<(string Operation, long Revision, string State)>();
        var (token, first, asked) = ("", "", 0);
        using var stop = new CancellationTokenSource();
        var following = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    using var watch = new OperationService.OperationServiceClient(channels.For(replicas[asked].Ready["grpc"])).WatchOperations(
                        new() { ResumeToken = token, ProgressInterval = new() { Seconds = 1 } }, cancellationToken: stop.Token);
                    await foreach (var message in watch.ResponseStream.ReadAllAsync(stop.Token))
                    {
                        lock (heard)
                        {
                            if (message.Operation is { } seen)
                            {
                                heard.Add((seen.OperationId, seen.Revision, seen.DetailedState));
                            }

                            token = message.ResumeToken;
                            first = first.Length == 0 ? token : first;
                        }
                    }
                }
                catch (Exception e) when (e is RpcException or OperationCanceledException && !stop.IsCancellationRequested)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
                }
                catch (Exception e) when (e is RpcException or OperationCanceledException)
                {
                    return;
                }
            }
        });
        await Eventually.Is(() => Volatile.Read(ref first).Length > 0, "the watch has begun");

        var package = (await system.Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        await system.UploadAsync(package, "probe.json", ProbeApp.Descriptor);
        for (var kill = 0; kill < Kills; kill++)
        {
            var instance = (await system.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package, AppInstanceName = "probe" })).AppInstance.AppInstanceId;
            await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance });
            var victim = replicas[asked];
            asked = (asked + 1) % replicas.Count;
            victim.Kill();
            await victim.StartAsync();
            await Ended(system, instance);
            await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance });
            await Ended(system, instance);
        }

        var all = (await system.Operations.ListOperationsAsync(new())).Operations;
        Assert.Equal(2 * Kills, all.Count);
        await Eventually.Is(() => Locked(heard, h => all.All(o => h.Contains((o.OperationId, o.Revision, o.DetailedState)))), "the watch has told the end of every operation");
        await stop.CancelAsync();
        await following.Soon("the client ends");

        // Each operation's revisions grow by one with each of its changes: none is missing, none came twice, none came late.
        Assert.All(all, o => Assert.Equal(Enumerable.Range(1, (int)o.Revision).Select(r => (long)r), heard.Where(h => h.Operation == o.OperationId).Select(h => h.Revision)));

        // And all of it as one who was never disturbed hears it, in the same order.
        var truth = new List<(string Operation, long Revision, string State)>();
        using var again = system.Operations.WatchOperations(new() { ResumeToken = first });
        while (truth.Count < heard.Count && await again.ResponseStream.MoveNext(CancellationToken.None).Soon("the changes are told again"))
        {
            if (again.ResponseStream.Current.Operation is { } seen)
            {
                truth.Add((seen.OperationId, seen.Revision, seen.DetailedState));
            }
        }

        Assert.Equal(truth, heard);
    }

    private static Task Ended(EdgeSystem system, string instance) => Eventually.Is(
        async () =>
        {
            try
            {
                return (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance, ReadMask = new() { Paths = { "running_operation_id" } } }))
                    .AppInstance.RunningOperationId.Length == 0;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable)
            {
                return false;
            }
        },
        $"the operation on {instance} has ended");

    private static bool Locked<T>(List<T> list, Func<List<T>, bool> ask)
    {
        lock (list)
        {
            return ask(list);
        }
    }
}
