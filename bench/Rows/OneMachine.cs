using Mano.Lifecycle.V1;
using Mano.MecPlatform;
using Mano.Meo;
using Mano.Mepm;
using Mano.Mepm.Hosts;
using Mano.Mesh.Channels;
using Mano.Mesh.Hosting;
using Mano.Mesh.State;
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

    /// <summary>The VIM that the rows use which measure everything but a VIM.</summary>
    private const string BootsAtOnce =
        "vim=Simulated,vim.BootTime=00:00:00,vim.MilliCpu=1000000000,vim.MemoryMib=1000000000,vim.DiskGib=1000000000,vim.AddressRange=127.64.0.0/12";

    public static Task<OneMachine> StartAsync() => StartAsync(BootsAtOnce, BenchApplication.Descriptor);

    /// <param name="vim">The host's VIM and its settings, as on a MEPM's command line.</param>
    /// <param name="package">The application, as it is uploaded.</param>
    public static async Task<OneMachine> StartAsync(string vim, BenchPackage package)
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
            Hosts = [HostArgument.Parse($"id=bench-1,zone=a,{vim},platform={BoundAddresses.Of(machine.platform).Grpc}")],
        });
        await machine.mepm.StartAsync();
        await machine.OnboardAsync(package);
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

    private async Task OnboardAsync(BenchPackage package)
    {
        var channel = channels.For(BoundAddresses.Of(meo).Grpc);
        Lifecycle = new(channel);
        Operations = new(channel);
        PackageId = await BenchApplication.OnboardAsync(channel, package);
    }
}
