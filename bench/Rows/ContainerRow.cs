using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Mano.Testing.Containers;

namespace Mano.Bench.Rows;

/// <summary>Instantiate with the LocalContainers VIM against <c>docker run</c> of the same image.</summary>
internal sealed class ContainerRow : IBenchRow
{
    private static int Rounds => Effort.Of(7, 2);
    private const int ARound = 4;
    private const string Owner = "bench";

    private const string Descriptor =
        """
        {
          "appDId": "bench-c", "appName": "bench", "appProvider": "bench", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "a container without Mp1 and with one traffic rule",
          "osContainerDescriptor": [ { "osContainerDescId": "c", "name": "c", "swImageDesc": "image", "requestedCpuResources": 500, "requestedMemoryResources": 64 } ],
          "swImageDescriptor": [ { "id": "image", "name": "bench", "version": "1.0.0", "containerFormat": "DOCKER", "swImage": "image.tar" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.7/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ]
        }
        """;

    public string Name => "container";

    public string Description =>
        $"""
        Instantiate of an application in a container of one small layer, from the OSS's call to COMPLETED: placed, granted, container made with its
        limits, network and address, started, its rule active. Image loaded before; dockerd in a network namespace of its own, so the running state is
        readiness. Floor: `docker run --detach` of the same image with the same network and limits, until the command returns. One after the other, {Rounds} rounds of
        {ARound}, taking turns; what was started is taken away untimed.
        """;

    public async Task<IReadOnlyList<Comparison>> MeasureAsync()
    {
        var (engine, missing) = await BareEngine.StartAsync();
        if (engine is null)
        {
            throw new MissingHereException(missing);
        }

        await using var running = engine;
        if (ContainerArchives.BusyBox is null)
        {
            throw new MissingHereException("busybox-static");
        }

        await using var machine = await OneMachine.StartAsync($"vim=LocalContainers,vim.Socket={engine.Socket},vim.Owner={Owner},vim.AddressRange=10.190.0.0/24", Package());
        await SubjectAsync(machine);
        var image = await engine.DockerAsync("images", "--quiet", "--no-trunc", $"localhost/mano-{Owner}");
        await FloorAsync(engine, image);
        var (floors, subjects) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            floors.Add(await MedianAsync(() => FloorAsync(engine, image)));
            subjects.Add(await MedianAsync(() => SubjectAsync(machine)));
        }

        return [new("to ready", "ms", new(floors), new(subjects), 1.5)];
    }

    private static async Task<double> MedianAsync(Func<Task<double>> one)
    {
        var times = new List<double>();
        for (var i = 0; i < ARound; i++)
        {
            times.Add(await one());
        }

        return Sample.Median(times);
    }

    private static async Task<double> FloorAsync(BareEngine engine, string image)
    {
        var begun = Stopwatch.GetTimestamp();
        var id = await engine.DockerAsync("run", "--detach", "--network", $"mano-{Owner}", "--memory", "64m", "--memory-swap", "64m", "--cpus", "0.5", "--pids-limit", "512",
            "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--restart", "always", image);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await engine.DockerAsync("rm", "--force", id);
        return took;
    }

    private static async Task<double> SubjectAsync(OneMachine machine)
    {
        var instance = (await machine.Lifecycle.CreateAppInstanceAsync(new() { AppPackageId = machine.PackageId })).AppInstance.AppInstanceId;
        var begun = Stopwatch.GetTimestamp();
        await BenchApplication.EndOf(machine.Operations, (await machine.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
        var took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        await BenchApplication.EndOf(machine.Operations, (await machine.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation);
        await machine.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance });
        return took;
    }

    private static BenchPackage Package()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "bench.json", Encoding.UTF8.GetBytes(Descriptor));
            Write(zip, "image.tar", ContainerArchives.Docker("trap 'exit 0' TERM; while :; do sleep 60 & wait $!; done"));
        }

        return new("bench.csar", stream.ToArray());
    }

    private static void Write(ZipArchive zip, string name, byte[] content)
    {
        using var file = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        file.Write(content);
    }
}
