using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Mesh.Security;
using Mano.Onboarding.V1;
using Mano.Testing;
using Health = Mano.Inventory.V1.Site.Types.Health;
using SiteInfo = Mano.Inventory.V1.Site;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>
/// A MEO, a MEPM and a platform as real processes that find one another as their flags say. The MEPM takes another port at
/// each start, so that whoever calls it must follow.
/// </summary>
internal sealed class FoundSystem : IAsyncDisposable
{
    public const string SiteId = "edge-a";

    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels;
    private string? package;

    private FoundSystem(MeshCertificates? certificates) => channels = new(certificates);

    public DaemonProcess Meo { get; private set; } = null!;

    public DaemonProcess Mepm { get; private set; } = null!;

    public DaemonProcess Platform { get; private set; } = null!;

    public string Logs => $"--- MEO\n{Meo?.Log}\n--- MEPM\n{Mepm?.Log}\n--- platform\n{Platform?.Log}";

    private InventoryService.InventoryServiceClient Inventory => new(channels.For(Meo.Ready["grpc"]));

    /// <param name="source">How they find one another.</param>
    public static async Task<FoundSystem> StartAsync(DiscoverySource source)
    {
        var system = new FoundSystem(source.Certificates);
        try
        {
            await system.Start(source);
            return system;
        }
        catch (Exception e)
        {
            var logs = system.Logs;
            await system.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{logs}", e);
        }
    }

    /// <summary>The site as the MEO has it; null: the MEO does not have it, or does not answer.</summary>
    public async Task<SiteInfo?> SiteAsync()
    {
        try
        {
            return (await Inventory.ListSitesAsync(new())).Sites.FirstOrDefault(s => s.SiteId == SiteId);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
        {
            return null;
        }
    }

    public Task SiteIs(params Health[] health) => Until(async () => await SiteAsync() is { } site && health.Contains(site.Health), $"the site is {string.Join(" or ", health)}");

    /// <summary>Its hosts answer too: figures have come since the platform was found.</summary>
    public Task SiteServes() => Until(
        async () => await SiteAsync() is { Health: Health.Alive } site && site.MepmAddress == Mepm.Ready["grpc"] && site.Hosts is [{ Healthy: true }],
        "the site is alive, at its MEPM's present address, and its host is healthy");

    /// <summary>An application is run there, from its package to its end: every link that was found is used.</summary>
    public async Task RunsAnApplication()
    {
        var onboarding = new OnboardingService.OnboardingServiceClient(channels.For(Meo.Ready["grpc"]));
        var lifecycle = new LifecycleService.LifecycleServiceClient(channels.For(Meo.Ready["grpc"]));
        var operations = new OperationService.OperationServiceClient(channels.For(Meo.Ready["grpc"]));
        package ??= await Onboard(onboarding);
        var instance = (await lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package, AppInstanceName = "probe" })).AppInstance.AppInstanceId;
        var operation = "";
        await Until(async () => (operation = await Instantiate() ?? "").Length > 0, "the site is placed on");
        await Completed(operation, "the application runs");
        await Completed((await lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation.OperationId, "the application is gone");

        // A busy machine may be late with a heartbeat: a site that is SUSPECT for a moment is not placed on.
        async Task<string?> Instantiate()
        {
            try
            {
                return (await lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation.OperationId;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                return null;
            }
        }

        Task Completed(string operation, string what) => Until(
            async () => (await operations.GetOperationAsync(new() { OperationId = operation })).Operation.State == Operation.Types.State.Completed, what);
    }

    private static async Task<string> Onboard(OnboardingService.OnboardingServiceClient onboarding)
    {
        var package = (await onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = package, FileName = "probe.json" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFrom(Processes.ProbeApp.Descriptor.Span) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        return package;
    }

    public async Task Until(Func<Task<bool>> state, string what)
    {
        try
        {
            await Eventually.Is(state, what);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{await SiteAsync()}\n{Logs}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { Mepm, Platform, Meo })
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        channels.Dispose();
        folder.Dispose();
    }

    private async Task Start(DiscoverySource source)
    {
        var meo = DaemonProcess.FreePort();
        var platform = DaemonProcess.FreePort();
        Meo = await DaemonProcess.StartAsync(
            "Meo", ["--data", folder.File("meo"), "--grpc", $"127.0.0.1:{meo}", "--heartbeat", "250ms", "--suspect-after", source.Silence.Suspect, "--lost-after", source.Silence.Lost, .. source.Meo()]);
        // The platform comes last: what needs it must find it when it is there.
        Mepm = await DaemonProcess.StartAsync(
            "Mepm",
            [
                "--site", SiteId, "--data", folder.File("mepm"), "--resync", "1s",
                "--host", $"id=edge-a-1,zone=a,vim=Simulated,vim.Folder={folder.File("vim")}{source.PlatformOfHost($"{source.Scheme}://127.0.0.1:{platform}")}",
                .. source.Mepm($"{source.Scheme}://127.0.0.1:{meo}"),
            ]);
        Platform = await DaemonProcess.StartAsync(
            "MecPlatform",
            ["--platform-id", "edge-a-1", "--data", folder.File("platform"), "--grpc", $"127.0.0.1:{platform}", .. source.Platform()]);
    }
}
