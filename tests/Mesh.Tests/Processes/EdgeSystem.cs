using Google.Protobuf;
using Grpc.Core;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Onboarding.V1;
using Mano.Platform.V1;
using Mano.Testing;

namespace Mano.Mesh.Tests.Processes;

/// <summary>A MEO, a MEPM and a platform, each a real process that comes back at its own address.</summary>
internal sealed class EdgeSystem : IAsyncDisposable
{
    private readonly TempFolder folder = new();
    private readonly GrpcChannels channels = new();

    private EdgeSystem()
    {
    }

    public DaemonProcess Meo { get; private set; } = null!;

    public DaemonProcess Mepm { get; private set; } = null!;

    public DaemonProcess Platform { get; private set; } = null!;

    public OnboardingService.OnboardingServiceClient Onboarding => new(channels.For(Meo.Ready["grpc"]));

    public InventoryService.InventoryServiceClient Inventory => new(channels.For(Meo.Ready["grpc"]));

    public LifecycleService.LifecycleServiceClient Lifecycle => new(channels.For(Meo.Ready["grpc"]));

    public OperationService.OperationServiceClient Operations => new(channels.For(Meo.Ready["grpc"]));

    public GrantingService.GrantingServiceClient Granting => new(channels.For(Meo.Ready["grpc"]));

    public Site.V1.SiteService.SiteServiceClient Site => new(channels.For(Mepm.Ready["grpc"]));

    public PlatformService.PlatformServiceClient Mm5 => new(channels.For(Platform.Ready["grpc"]));

    public string MeoFolder => folder.File("meo");

    public string MepmFolder => folder.File("mepm");

    public string PlatformFolder => folder.File("platform");

    public string VimFolder => folder.File("vim");

    public string Logs => $"--- MEO\n{Meo.Log}\n--- MEPM\n{Mepm.Log}\n--- platform\n{Platform.Log}";

    /// <param name="vim">The MEPM's VIM adapter and its settings: <c>vim=Simulated,vim.BootTime=00:00:02</c>.</param>
    /// <param name="meoFlags">More of the MEO's command line: <c>--integrity</c>, <c>warn</c>.</param>
    public static async Task<EdgeSystem> StartAsync(string vim, params string[] meoFlags)
    {
        var system = new EdgeSystem();
        var meo = DaemonProcess.FreePort();
        var platform = DaemonProcess.FreePort();
        // A busy machine may be late with a heartbeat: on a site that is SUSPECT for a moment nothing is placed.
        string[] silence = meoFlags.Contains("--suspect-after") ? [] : ["--suspect-after", "20s", "--lost-after", "40s"];
        system.Meo = await DaemonProcess.StartAsync("Meo", ["--data", system.MeoFolder, "--grpc", $"127.0.0.1:{meo}", .. silence, .. meoFlags]);
        system.Platform = await DaemonProcess.StartAsync(
            "MecPlatform", "--platform-id", "edge-a-1", "--data", system.folder.File("platform"), "--grpc", $"127.0.0.1:{platform}",
            "--http", $"127.0.0.1:{DaemonProcess.FreePort()}", "--dns", $"127.0.0.1:{DaemonProcess.FreePort()}", "--gateway", $"127.0.0.1:{DaemonProcess.FreePort()}");
        system.Mepm = await DaemonProcess.StartAsync(
            "Mepm", "--site", "edge-a", "--data", system.folder.File("mepm"), "--grpc", $"127.0.0.1:{DaemonProcess.FreePort()}",
            "--meo", $"http://127.0.0.1:{meo}", "--resync", "1s",
            "--host", $"id=edge-a-1,zone=a,{vim},vim.Folder={system.VimFolder},platform=http://127.0.0.1:{platform},latency=2ms");
        await Eventually.Is(async () => (await system.Inventory.ListSitesAsync(new())).Sites.Any(s => s.Hosts.Any(h => h.Healthy)), "the site is registered and healthy");
        return system;
    }

    /// <summary>Onboards a file and creates one instance of it.</summary>
    public async Task<string> CreateInstanceAsync(string fileName, ReadOnlyMemory<byte> content)
    {
        var package = (await Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        await UploadAsync(package, fileName, content);
        return (await Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = package, AppInstanceName = "probe" })).AppInstance.AppInstanceId;
    }

    /// <summary>Uploads a package's content; a refusal is thrown, also one that came while it was sent.</summary>
    public async Task<AppPackage> UploadAsync(string package, string fileName, ReadOnlyMemory<byte> content)
    {
        using var upload = Onboarding.UploadAppPackage();
        try
        {
            await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = package, FileName = fileName } });
            for (var at = 0; at < content.Length; at += 256 * 1024)
            {
                var chunk = content.Slice(at, Math.Min(256 * 1024, content.Length - at));
                await upload.RequestStream.WriteAsync(new() { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) });
            }

            await upload.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The answer says why.
        }

        return (await upload).AppPackage;
    }

    /// <summary>Follows an operation to its end, over any number of lost connections.</summary>
    public async Task<Operation> EndOf(string operationId)
    {
        Operation? last = null;
        await Eventually.Is(
            async () =>
            {
                try
                {
                    last = (await Operations.GetOperationAsync(new() { OperationId = operationId })).Operation;
                    return last.State is Operation.Types.State.Completed or Operation.Types.State.Failed or Operation.Types.State.FailedTemp;
                }
                catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable)
                {
                    return false;
                }
            },
            $"operation {operationId} has ended");
        return last!;
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
}
