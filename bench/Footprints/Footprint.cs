using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;

namespace Mano.Bench.Footprints;

/// <summary>What each process of a system uses: idle, with many instances, and under a load of operations. For an operator's requests and limits.</summary>
internal sealed class Footprint : IDisposable
{
    private const int Instances = 1000;
    private const int InFlight = 64;
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(30);

    private readonly string folder = Directory.CreateTempSubdirectory("mano-footprint-").FullName;
    private readonly List<MeasuredProcess> processes = [];
    private readonly GrpcChannels channels = new();
    private LifecycleService.LifecycleServiceClient lifecycle = null!;
    private OperationService.OperationServiceClient operations = null!;
    private string packageId = "";

    public static async Task<string> MeasureAsync(bool redis)
    {
        using var footprint = new Footprint();
        await footprint.StartAsync(redis);
        return await footprint.RunAsync();
    }

    public void Dispose()
    {
        channels.Dispose();
        processes.ForEach(p => p.Dispose());
        Directory.Delete(folder, recursive: true);
    }

    private async Task StartAsync(bool redis)
    {
        string[] store = [];
        if (redis)
        {
            const int port = 17_379;
            var data = Directory.CreateDirectory(Sub("redis")).FullName;
            processes.Add(new("redis", MeasuredProcess.Start(
                "redis-server", "--port", $"{port}", "--dir", data, "--appendonly", "yes", "--appendfsync", "always", "--save", "")));
            store = ["--store", $"redis://127.0.0.1:{port}/"];
        }

        var meo = await MeasuredProcess.StartAsync("meo", "Mano.Meo.dll", ["--data", Sub("meo"), .. store]);
        processes.Add(meo);
        var platform = await MeasuredProcess.StartAsync("platform", "Mano.MecPlatform.dll", "--data", Sub("platform"));
        processes.Add(platform);
        processes.Add(await MeasuredProcess.StartAsync(
            "mepm", "Mano.Mepm.dll", "--data", Sub("mepm"), "--site", "bench", "--meo", meo.Ready["grpc"],
            "--host", "id=bench-1,zone=a,vim=Simulated,vim.BootTime=00:00:00,vim.MilliCpu=1000000000,vim.MemoryMib=1000000000,vim.DiskGib=1000000000,"
                + $"vim.AddressRange=127.64.0.0/12,platform={platform.Ready["grpc"]}"));
        var channel = channels.For(meo.Ready["grpc"]);
        (lifecycle, operations) = (new(channel), new(channel));
        packageId = await BenchApplication.OnboardAsync(channel);
    }

    private async Task<string> RunAsync()
    {
        await Task.Delay(Settled, TimeProvider.System);
        var idle = await CpuDuring(() => Task.Delay(Settled, TimeProvider.System));
        var idleResident = processes.ToDictionary(p => p.Name, p => p.Resident);

        var begun = Stopwatch.GetTimestamp();
        var left = Instances;
        await InParallel(async () => Interlocked.Decrement(ref left) >= 0 && await InstantiateAsync() is not null);
        var filling = Instances / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await Task.Delay(Settled, TimeProvider.System);
        var full = await CpuDuring(() => Task.Delay(Settled, TimeProvider.System));
        var fullResident = processes.ToDictionary(p => p.Name, p => p.Resident);

        var rounds = 0;
        var busy = await CpuDuring(async () =>
        {
            var since = Stopwatch.GetTimestamp();
            await InParallel(async () =>
            {
                await TerminateAsync(await InstantiateAsync());
                Interlocked.Increment(ref rounds);
                return Stopwatch.GetElapsedTime(since) < Load;
            });
        });

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| process | idle: resident, CPU | {Instances} instances: resident, CPU | under load: CPU | peak resident |\n|---|---|---|---|---|\n");
        foreach (var p in processes)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {p.Name} | {idleResident[p.Name]:0} MiB, {idle[p.Name] * 1000:0} m | {fullResident[p.Name]:0} MiB, {full[p.Name] * 1000:0} m | {busy[p.Name] * 1000:0} m | {p.Peak:0} MiB |\n");
        }

        text.Append(CultureInfo.InvariantCulture,
            $"\nThe load: {InFlight} at a time create, instantiate, terminate and delete; {rounds / Load.TotalSeconds:0} such rounds a second, beside the {Instances} instances. (The {Instances} came up at {filling:0} a second.)\n");
        return text.ToString();
    }

    private async Task<string> InstantiateAsync()
    {
        var instance = (await lifecycle.CreateAppInstanceAsync(new() { AppPackageId = packageId })).AppInstance.AppInstanceId;
        await BenchApplication.EndOf(operations, (await lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
        return instance;
    }

    private async Task TerminateAsync(string instance)
    {
        await BenchApplication.EndOf(operations, (await lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
        await lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance });
    }

    /// <summary>Cores each process used while this ran.</summary>
    private async Task<Dictionary<string, double>> CpuDuring(Func<Task> work)
    {
        var before = processes.ToDictionary(p => p.Name, p => p.CpuSeconds);
        var begun = Stopwatch.GetTimestamp();
        await work();
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return processes.ToDictionary(p => p.Name, p => (p.CpuSeconds - before[p.Name]) / seconds);
    }

    /// <summary>Each of them goes on until its work says that it is over.</summary>
    private static Task InParallel(Func<Task<bool>> work) => Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(async () =>
    {
        while (await work())
        {
        }
    })));

    private string Sub(string name) => Path.Combine(folder, name);
}
