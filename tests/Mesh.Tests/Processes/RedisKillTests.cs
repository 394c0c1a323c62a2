using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Mesh.Tests.Processes;

/// <summary>A MEO whose state is in Redis: that Redis may be killed, paused or missing at start, and no operation is lost.</summary>
[Trait("Speed", "Slow")]
public sealed class RedisKillTests
{
    /// <summary>Slow enough that a kill lands in the middle, whatever the machine does meanwhile.</summary>
    private const string SlowVim = "vim=Simulated,vim.BootTime=00:00:02,vim.DeleteTime=00:00:01";

    [RedisFact]
    public async Task An_instantiate_survives_the_death_of_Redis_again_and_again()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var system = await EdgeSystem.StartAsync(SlowVim, "--store", redis.Url);
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        for (var kill = 0; kill < 3; kill++)
        {
            await redis.Kill();
            await redis.StartAsync();
            await Answers(system, operation.OperationId);
        }

        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        await Clean.IsServing(system, instance);
    }

    [RedisFact]
    public async Task An_instantiate_survives_the_death_of_Redis_and_of_the_MEO_at_once()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var system = await EdgeSystem.StartAsync(SlowVim, "--store", redis.Url);
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        await redis.Kill();
        system.Meo.Kill();
        var starting = system.Meo.StartAsync();
        await Eventually.Is(() => system.Meo.Log.Contains("Operations pause: ", StringComparison.Ordinal));
        Assert.False(starting.IsCompleted);
        await redis.StartAsync();
        await starting;

        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        await Clean.IsServing(system, instance);
    }

    [RedisFact]
    public async Task While_Redis_is_away_the_MEO_says_so_and_is_not_ready_and_comes_back_by_itself()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var system = await EdgeSystem.StartAsync(SlowVim, "--store", redis.Url + "&timeout=5s");
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        using var http = new HttpClient { BaseAddress = new(system.Meo.Ready["http"]) };
        Assert.True((await http.GetAsync(new Uri("/ready", UriKind.Relative))).IsSuccessStatusCode);

        await redis.Pause();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance }));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.Contains($"127.0.0.1:{redis.Port}", refused.Status.Detail, StringComparison.Ordinal);
        await Eventually.Is(async () => (int)(await http.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode == 503);
        Assert.Contains("state store", await (await http.GetAsync(new Uri("/ready", UriKind.Relative))).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((await http.GetAsync(new Uri("/health", UriKind.Relative))).IsSuccessStatusCode);

        await redis.Continue();
        await Eventually.Is(async () => (await http.GetAsync(new Uri("/ready", UriKind.Relative))).IsSuccessStatusCode);
        Assert.Equal(instance, (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance.AppInstanceId);
    }

    private static Task Answers(EdgeSystem system, string operation) => Eventually.Is(async () =>
    {
        try
        {
            await system.Operations.GetOperationAsync(new() { OperationId = operation });
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            return false;
        }
    }, "the MEO answers");
}
