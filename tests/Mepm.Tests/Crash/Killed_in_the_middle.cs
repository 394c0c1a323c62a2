using Grpc.Net.Client;
using Mano.Mepm.Platforms;
using Mano.Mepm.Tests.Fakes;
using Mano.Mepm.Tests.Grpc;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Mano.VimAdapters.Simulated;

namespace Mano.Mepm.Tests.Crash;

/// <summary>
/// A real MEPM process, killed with SIGKILL at a named point of an instantiate or a terminate and started again: it comes
/// to the end by itself, with one compute or none.
/// </summary>
public sealed class Killed_in_the_middle
{
    private const string Id = SiteFixture.Id;

    [Theory]
    [InlineData("accepted", false)]
    [InlineData("Ensure", false)]
    [InlineData("Ensure", true)]
    [InlineData("Running", false)]
    [InlineData("Running", true)]
    [InlineData("log:EnsureImage done", false)]
    [InlineData("log:EnsureCompute done", false)]
    [InlineData("steady", false)]
    public async Task An_instantiate_comes_to_its_end(string where, bool afterTheEffect)
    {
        await using var site = await Start();
        await site.KillAt(where, afterTheEffect, () => site.Ensure(1), AppInstance.Types.Phase.Steady);

        await site.Process.StartAsync();
        await site.Until(AppInstance.Types.Phase.Steady, 1);

        Assert.Equal(PlatformPhase.Active, site.Platform.Held(Id)!.Phase);
        Assert.Equal(1, await site.Computes());
    }

    [Theory]
    [InlineData("accepted", false)]
    [InlineData("DrainTerminating", false)]
    [InlineData("DrainTerminating", true)]
    [InlineData("log:DeleteCompute done", false)]
    [InlineData("Remove", false)]
    [InlineData("Remove", true)]
    public async Task A_terminate_comes_to_its_end(string where, bool afterTheEffect)
    {
        await using var site = await Start();
        await site.Ensure(1);
        await site.Until(AppInstance.Types.Phase.Steady, 1);
        await site.KillAt(where, afterTheEffect, () => site.Remove(2), AppInstance.Types.Phase.Terminating);

        await site.Process.StartAsync();
        await Eventually.Is(async () => await site.Remove(2), "it is gone");

        Assert.Null(site.Platform.Held(Id));
        Assert.Equal(0, await site.Computes());
    }

    [Fact]
    public async Task A_removal_accepted_just_before_the_kill_of_a_half_made_instance_leaves_nothing()
    {
        await using var site = await Start();
        await site.KillAt("Ensure", true, () => site.Ensure(1), AppInstance.Types.Phase.Steady);
        await site.Process.StartAsync();
        await site.KillAt("accepted", false, () => site.Remove(2), AppInstance.Types.Phase.Terminating);

        await site.Process.StartAsync();
        await Eventually.Is(async () => await site.Remove(2), "it is gone");

        Assert.Null(site.Platform.Held(Id));
        Assert.Equal(0, await site.Computes());
    }

    private static async Task<RealSite> Start()
    {
        var site = new RealSite();
        await site.Start();
        return site;
    }

    private sealed class RealSite : IAsyncDisposable
    {
        private readonly TempFolder folder = new();
        private readonly int port = DaemonProcess.FreePort();
        private Microsoft.AspNetCore.Builder.WebApplication? platformApp;
        private GrpcChannel? channel;
        private SiteService.SiteServiceClient? client;

        public FakePlatform Platform { get; } = new(new Journal());

        public DaemonProcess Process { get; private set; } = null!;

        private string VimFolder => folder.File("vim", "edge-1");

        public async Task Start()
        {
            platformApp = await FakePlatformService.Serve(Platform);
            Process = await DaemonProcess.StartAsync(
                "Mepm", "--site", "site-a", "--data", folder.FullPath, "--grpc", $"127.0.0.1:{port}", "--resync", "1h",
                "--host", $"id=edge-1,zone=a,vim=Simulated,platform={BoundAddresses.Of(platformApp).Grpc},vim.BootTime=00:00:00.1");
            channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
            client = new(channel);
        }

        public async Task Ensure(long generation) => await client!.EnsureAppInstanceAsync(SiteFixture.Wanted(generation));

        public async Task<bool> Remove(long generation) => (await client!.RemoveAppInstanceIfAnyAsync(new() { AppInstanceId = Id, Generation = generation })).Gone;

        /// <summary>Starts the change and kills the process at that point of it.</summary>
        public async Task KillAt(string where, bool afterTheEffect, Func<Task> change, AppInstance.Types.Phase end)
        {
            var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Platform.OnChange = (name, after) =>
            {
                if (name == where && after == afterTheEffect && !killed.Task.IsCompleted)
                {
                    Process.Kill();
                    killed.TrySetResult();
                }

                return Task.CompletedTask;
            };
            var log = Process.Log.Length;
            var answer = change();
            if (where is "accepted" or "steady" || where.StartsWith("log:", StringComparison.Ordinal))
            {
                await answer;
            }

            if (where == "accepted")
            {
                Process.Kill();
            }
            else if (where == "steady")
            {
                await Until(end, 1);
                Process.Kill();
            }
            else if (where.StartsWith("log:", StringComparison.Ordinal))
            {
                await Eventually.Is(() => Process.Log[log..].Contains(where[4..], StringComparison.Ordinal), where);
                Process.Kill();
            }
            else
            {
                await killed.Task.Soon(where);
                await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it may have been killed before it answered
            }

            Platform.OnChange = (_, _) => Task.CompletedTask;
            Assert.False(Process.IsRunning);
        }

        public async Task Until(AppInstance.Types.Phase phase, long generation) => await Eventually.Is(
            async () =>
            {
                var seen = (await client!.GetAppInstanceAsync(new() { AppInstanceId = Id })).AppInstance;
                return seen.Phase == phase && seen.ObservedGeneration == generation;
            },
            $"{phase}; log:\n{Process.Log}");

        /// <summary>What the VIM really has, seen after the MEPM has ended.</summary>
        public async Task<int> Computes()
        {
            Process.Kill();
            using var vim = new SimulatedVim(new() { Folder = VimFolder }, TimeProvider.System);
            return (await vim.ListComputesAsync(default)).Count;
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            channel?.Dispose();
            await platformApp!.StopAsync();
            await platformApp.DisposeAsync();
            folder.Dispose();
        }
    }
}
