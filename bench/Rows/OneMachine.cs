using Mano.Lifecycle.V1;
using Mano.MecPlatform;
using Mano.Meo;
using Mano.Mepm;
using Mano.Mepm.Hosts;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
using Mano.Onboarding.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Mano.Bench.Rows;

/// <summary>A MEO, one site and its platform in this process, on real sockets and real files, with a VIM that boots at once.</summary>
internal sealed class OneMachine : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("mano-bench-").FullName;
    private readonly GrpcChannels channels = new();
    private WebApplication meo = null!;
    private WebApplication mepm = null!;
    private WebApplication platform = null!;

    public LifecycleService.LifecycleServiceClient Lifecycle { get; private set; } = null!;

    public OperationService.OperationServiceClient Operations { get; private set; } = null!;

    public string PackageId { get; private set; } = "";

    /// <summary>The stores of MEO, MEPM and platform.</summary>
    public IReadOnlyList<IStateStore> Stores =>
        [.. new[] { meo, mepm, platform }.Select(app => app.Services.GetRequiredService<IStateStore>())];

    public static async Task<OneMachine> StartAsync()
    {
        var machine = new OneMachine();
        machine.meo = MeoHost.Build(new() { DataFolder = machine.Sub("meo"), LogLevel = LogLevel.Critical });
        await machine.meo.StartAsync();
        machine.platform = PlatformHost.Build(new() { DataFolder = machine.Sub("platform"), LogLevel = LogLevel.Critical });
        await machine.platform.StartAsync();
        machine.mepm = MepmHost.Build(new()
        {
            SiteId = "bench", DataFolder = machine.Sub("mepm"), LogLevel = LogLevel.Critical,
            Meo = [new(BoundAddresses.Of(machine.meo).Grpc)],
            Hosts = [HostArgument.Parse(
                "id=bench-1,zone=a,vim=Simulated,vim.BootTime=00:00:00,vim.MilliCpu=1000000000,vim.MemoryMib=1000000000,vim.DiskGib=1000000000,"
                + $"vim.AddressRange=127.64.0.0/12,platform={BoundAddresses.Of(machine.platform).Grpc}")],
        });
        await machine.mepm.StartAsync();
        await machine.OnboardAsync();
        return machine;
    }

    public async ValueTask DisposeAsync()
    {
        channels.Dispose();
        foreach (var app in new[] { mepm, platform, meo })
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private string Sub(string name) => Path.Combine(folder, name);

    private async Task OnboardAsync()
    {
        var channel = channels.For(BoundAddresses.Of(meo).Grpc);
        Lifecycle = new(channel);
        Operations = new(channel);
        var onboarding = new OnboardingService.OnboardingServiceClient(channel);
        PackageId = (await onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = PackageId, FileName = "bench.json" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = Google.Protobuf.ByteString.CopyFromUtf8(Descriptor) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        var inventory = new Inventory.V1.InventoryService.InventoryServiceClient(channel);
        while (!(await inventory.ListSitesAsync(new())).Sites.Any(s => s.Hosts.Any(h => h.Healthy)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private const string Descriptor =
        """
        {
          "appDId": "bench-d", "appName": "bench", "appProvider": "bench", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "an application without Mp1 and with one traffic rule",
          "virtualComputeDescriptor": { "virtualComputeDescId": "compute", "virtualCpu": { "numVirtualCpu": 1 }, "virtualMemory": { "virtualMemSize": 64 } },
          "swImageDescriptor": [ { "id": "image", "name": "bench", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "bench:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.7/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ]
        }
        """;
}
