using Grpc.Core;
using Grpc.Net.Client;
using Mano.Mepm.Tests.Fakes;
using Mano.Mepm.Tests.Vims;
using Mano.Mesh.Hosting;
using Mano.Site.V1;
using Mano.Testing;
using Microsoft.AspNetCore.Builder;

namespace Mano.Mepm.Tests.Crash;

/// <summary>A real MEPM process, killed while a VIM is added or changed: after its restart the VIM is as it was or as it shall be, and the same call again is right.</summary>
public sealed class Killed_while_a_VIM_changes
{
    private const string Secret = "127.93.64.0/19";

    [Theory]
    [InlineData("log:was added")]
    [InlineData("mepm.key")]
    [InlineData("mepm.db-wal")]
    [InlineData("vim")]
    public async Task Adding_leaves_it_there_or_not(string moment)
    {
        await using var site = new RealSite();
        await site.Start();
        var call = site.Vims.AddVimAsync(Request());
        await site.KillAt(moment, call);

        await site.Process.StartAsync();
        var listed = (await site.Vims.ListVimsAsync(new())).Vims;
        Assert.True(listed.Count == 0 || listed is [{ Name: "central", Adapter: "Simulated", SecretsSet: ["AddressRange"] }], listed.ToString());
        Assert.NotNull((await site.Vims.AddVimAsync(Request())).Vim);
        await site.AddHost();
        await site.UntilHealthy();
    }

    [Fact]
    public async Task Changing_leaves_the_old_settings_or_the_new_ones()
    {
        await using var site = new RealSite();
        await site.Start();
        await site.Vims.AddVimAsync(Request());
        await site.AddHost();
        var call = site.Vims.UpdateVimAsync(new() { Name = "central", Settings = { ["MilliCpu"] = "7000" } });
        await site.KillAt("log:was changed", call);

        await site.Process.StartAsync();
        await site.UntilHealthy();
        Assert.Contains((await site.Client.GetSiteAsync(new())).Site.Hosts[0].Total.MilliCpu, new long[] { 64000, 7000 });
        await site.Vims.UpdateVimAsync(new() { Name = "central", Settings = { ["MilliCpu"] = "7000" } });
        Assert.Equal(7000, (await site.Client.GetSiteAsync(new())).Site.Hosts[0].Total.MilliCpu);
    }

    [Fact]
    public async Task A_restart_with_no_host_flag_brings_VIMs_and_hosts_back_and_nothing_was_said_aloud()
    {
        await using var site = new RealSite();
        await site.Start();
        await site.Vims.AddVimAsync(Request());
        await site.AddHost();
        await site.UntilHealthy();
        site.Process.Kill();

        await site.Process.StartAsync();
        await site.UntilHealthy();

        Assert.DoesNotContain(Secret, site.Process.Log, StringComparison.Ordinal);
        site.Process.Kill();
        Secrets_stay_secret.AssertInNoFile(site.Folder);
    }

    private static AddVimRequest Request()
    {
        var request = Named_vims.ASimulated();
        request.Secrets["AddressRange"] = Secret;
        return request;
    }

    private sealed class RealSite : IAsyncDisposable
    {
        private readonly TempFolder folder = new();
        private readonly int port = DaemonProcess.FreePort();
        private WebApplication? platformApp;
        private GrpcChannel? channel;

        public DaemonProcess Process { get; private set; } = null!;

        public string Folder => folder.FullPath;

        public SiteVimService.SiteVimServiceClient Vims => new(channel!);

        public SiteService.SiteServiceClient Client => new(channel!);

        public async Task Start()
        {
            platformApp = await FakePlatformService.Serve(new(new Journal()));
            Process = await DaemonProcess.StartAsync("Mepm", "--site", "site-a", "--data", folder.FullPath, "--grpc", $"127.0.0.1:{port}", "--log-level", "Debug");
            channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        }

        public async Task AddHost() =>
            await Vims.AddHostAsync(new() { Host = new() { HostId = "edge-1", Vim = "central", Zone = "a", Platform = BoundAddresses.Of(platformApp!).Grpc } });

        public Task UntilHealthy() => Eventually.Is(
            async () => (await Client.GetSiteAsync(new())).Site.Hosts is [{ HostId: "edge-1", Healthy: true }], $"the host is healthy; log:\n{Process.Log}");

        /// <summary>When it has logged something, or as soon as a file of its folder is there or has grown.</summary>
        public async Task KillAt<T>(string moment, AsyncUnaryCall<T> call)
        {
            var before = Size(moment);
            await Eventually.Is(
                () => moment.StartsWith("log:", StringComparison.Ordinal) ? Process.Log.Contains(moment[4..], StringComparison.Ordinal) : Size(moment) > before || call.ResponseAsync.IsCompleted,
                moment);
            Process.Kill();
            await call.ResponseAsync.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            channel?.Dispose();
            await platformApp!.StopAsync();
            await platformApp.DisposeAsync();
            folder.Dispose();
        }

        private long Size(string name) => new FileInfo(folder.File(name)) is { Exists: true } file ? file.Length : Directory.Exists(folder.File(name)) ? 1 : 0;
    }
}
