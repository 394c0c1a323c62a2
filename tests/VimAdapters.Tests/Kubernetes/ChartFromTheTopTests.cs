using System.Text.Json.Nodes;
using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Mesh.Tests.Processes;
using Mano.Packages;
using Mano.Testing;
using Mano.VimAdapters.Tests.Kubernetes.Double;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>A MEO, a MEPM and a platform as real processes over a cluster: what a caller says at the top is in the cluster's objects.</summary>
public sealed class ChartFromTheTopTests : IAsyncLifetime
{
    private const string Space = "mano-default";
    private const string Descriptor = """
        {
          "appDId": "6d616e6f-0007-4e65-8a1c-776562636861", "appName": "web", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["3.2.1"], "appDescription": "deployed by a chart",
          "virtualComputeDescriptor": { "virtualComputeDescId": "c", "virtualMemory": { "virtualMemSize": 64 }, "virtualCpu": { "numVirtualCpu": 1 } },
          "swImageDescriptor": [ { "id": "app", "name": "app", "version": "1.0", "containerFormat": "DOCKER", "swImage": "registry.example/edge/app:1.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ]
        }
        """;

    private readonly TempFolder folder = new();
    private ClusterDouble cluster = null!;
    private EdgeSystem edge = null!;

    [HelmFact]
    public async Task Values_of_request_and_package_are_in_the_clusters_objects_and_hold_until_it_is_terminated()
    {
        var chart = HelmBench.Chart(folder, ("web.yaml", HelmBench.Web));
        var id = await edge.CreateInstanceAsync("web.csar", Package(chart.LocalPath!, "replicas: 1\nimage: registry.example/edge/app:2.0\n"));
        var key = new Metadata { { "idempotency-key", "one" } };
        var first = await Instantiate(id, "replicas: 2", key);

        var ended = await edge.EndOf(first.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{edge.Logs}");
        AssertDeployed(replicas: 2);
        Assert.All(cluster.All("Pod", Space), p => Assert.Equal("node-2", (string?)p.At("spec", "nodeName")));

        Assert.Equal(first.OperationId, (await Instantiate(id, "replicas: 2", key)).OperationId);
        Assert.Equal(StatusCode.AlreadyExists, (await Assert.ThrowsAsync<RpcException>(() => Instantiate(id, "replicas: 3", key))).StatusCode);

        // A stop and a start say the whole intent again: the values must be in it.
        await Operate(id, OperateTo.Stopped);
        await Operate(id, OperateTo.Started);
        AssertDeployed(replicas: 2);

        await edge.EndOf((await edge.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = id })).Operation.OperationId);
        Assert.Empty(cluster.All("Deployment", Space));
        Assert.DoesNotContain("registry.example/edge/app:2.0", edge.Logs, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        if (HelmBench.Helm is null)
        {
            return;
        }

        cluster = await ClusterDouble.StartAsync();
        var kubeconfig = folder.File("kubeconfig");
        await File.WriteAllTextAsync(kubeconfig, cluster.Kubeconfig());
        edge = await EdgeSystem.StartAsync($"vim=Kubernetes,vimzone=zone-b,vim.Kubeconfig={kubeconfig},vim.HelmPath={HelmBench.Helm},vim.PollInterval=00:00:00.200");
    }

    public async Task DisposeAsync()
    {
        if (edge is not null)
        {
            await edge.DisposeAsync();
        }

        if (cluster is not null)
        {
            await cluster.DisposeAsync();
        }

        folder.Dispose();
    }

    private void AssertDeployed(int replicas)
    {
        var deployment = cluster.All("Deployment", Space).Single();
        var container = deployment.At("spec", "template", "spec", "containers")!.AsArray().Single();
        Assert.Equal((replicas, "registry.example/edge/app:2.0"), ((int)deployment.At("spec", "replicas").Number(), (string?)container.At("image")));
        Assert.Equal(replicas, cluster.All("Pod", Space).Count(p => !p.IsEnding()));
    }

    private async Task<Operation> Instantiate(string id, string values, Metadata key) =>
        (await edge.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, ChartValues = values }, key)).Operation;

    private async Task Operate(string id, OperateTo to)
    {
        var ended = await edge.EndOf((await edge.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = to })).Operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{edge.Logs}");
    }

    private byte[] Package(string chart, string values)
    {
        var path = folder.File("package");
        var charts = Directory.CreateDirectory(Path.Combine(path, "Artifacts", "Deployment", "Charts")).FullName;
        File.Copy(chart, Path.Combine(charts, "web.tgz"));
        File.WriteAllText(Path.Combine(charts, "values.yaml"), values);
        File.WriteAllText(Path.Combine(path, "web.json"), Descriptor);
        File.WriteAllText(Path.Combine(path, "web.mf"), "metadata:\n  vnf_release_date_time: 2026-11-21T00:00:00Z\n");
        Directory.CreateDirectory(Path.Combine(path, "TOSCA-Metadata"));
        File.WriteAllText(Path.Combine(path, "TOSCA-Metadata", "TOSCA.meta"),
            "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: tests\nEntry-Definitions: web.json\nETSI-Entry-Manifest: web.mf\n");
        var output = folder.File("web.csar");
        var reading = PackageBuilder.Build(path, output);
        Assert.True(!reading.Errors.Any(), string.Join("\n", reading.Faults));
        return File.ReadAllBytes(output);
    }
}
