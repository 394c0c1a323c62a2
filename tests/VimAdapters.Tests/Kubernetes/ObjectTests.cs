using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>What a compute becomes in the cluster, and that nothing of others is touched.</summary>
public sealed class ObjectTests : IAsyncLifetime
{
    private const string Space = "mano-tenant-1";

    private KubernetesBench bench = null!;
    private KubernetesVim vim = null!;

    [Fact]
    public async Task A_compute_is_a_Deployment_with_Service_policy_settings_and_secrets_in_its_tenants_namespace()
    {
        var spec = KubernetesBench.Spec() with
        {
            Environment = new Dictionary<string, string> { ["COLOUR"] = "blue $(HOME)", ["DB_PASSWORD"] = "s3cret" },
            BootData = "#cloud-config\n",
            Command = ["--name", "$(HOME)"],
            Ports = [new("web", Transport.Tcp, 80), new("dns", Transport.Udp, 53)],
        };
        await KubernetesBench.EnsureAsync(vim, "Compute_1", spec);
        var running = await KubernetesBench.RunsAsync(vim, "Compute_1");

        var deployment = One("Deployment");
        var pod = deployment.At("spec", "template", "spec")!;
        var container = pod["containers"]![0]!;
        Assert.Matches(new Regex("^mano-compute-1-[0-9a-f]{16}$"), deployment.Name());
        Assert.Equal(("Recreate", false, false), ((string?)deployment.At("spec", "strategy", "type"), (bool)pod["automountServiceAccountToken"]!, (bool)pod["enableServiceLinks"]!));
        Assert.Equal("""["--name","$$(HOME)"]""", container["args"]!.ToJsonString());
        Assert.Equal("50m", (string?)container.At("resources", "limits", "cpu"));
        Assert.True((bool)pod.At("securityContext", "runAsNonRoot")!);
        Assert.Equal("blue $(HOME)", (string?)One("ConfigMap").At("data", "COLOUR"));
        Assert.Equal("80", (string?)One("ConfigMap").At("data", "MANO_PORT_WEB"));
        Assert.Null(One("ConfigMap").At("data", "DB_PASSWORD"));
        Assert.Equal("s3cret", Text(bench.Cluster.All("Secret", Space).Single(s => s.At("data", "DB_PASSWORD") is not null).At("data", "DB_PASSWORD")));
        Assert.Equal("#cloud-config\n", Text(bench.Cluster.All("Secret", Space).Single(s => s.At("data", "boot-data") is not null).At("data", "boot-data")));
        Assert.Equal("""[{"ports":[{"port":80,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]}]""", One("NetworkPolicy").At("spec", "ingress")!.ToJsonString());
        Assert.Equal((string?)One("Service").At("spec", "clusterIP"), running.Addresses.Single());
        Assert.Equal("restricted", bench.Cluster.All("Namespace").Single(n => n.Name() == Space).Labels()["pod-security.kubernetes.io/enforce"]);
    }

    [Fact]
    public async Task Every_object_bears_our_mark_and_the_fields_are_managed_by_us()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        foreach (var kind in new[] { "Deployment", "Service", "ConfigMap", "NetworkPolicy" })
        {
            var one = One(kind);
            var labels = one.Labels();
            Assert.Equal(("mano", "mano", "tenant-1", "app"), (labels["mano/owner"], labels["mano/home"], labels["mano/tenant"], labels["mano/app-instance"]));
            var notes = ObjectReading.Texts(one["metadata"]!["annotations"]);
            Assert.Equal(("c", "tenant-1"), (notes["mano/compute-id"], notes["mano/tenant-id"]));
            Assert.StartsWith("sha256:", notes["mano/spec-digest"], StringComparison.Ordinal);
            Assert.Contains(one["metadata"]!["managedFields"]!.AsArray(), m => (string?)m!["manager"] == "mano" && (string?)m["operation"] == "Apply");
        }
    }

    [Fact]
    public async Task With_volumes_it_is_a_StatefulSet_with_a_claim_for_each()
    {
        var other = bench.Open(bench.Options with { Folder = bench.Folder.File("other"), Owner = "other", NamespacePrefix = "other-", StorageClass = "fast" });
        await KubernetesBench.EnsureAsync(other, "c", KubernetesBench.Spec() with { Volumes = [new("data", 2), new("cache", 0, "/var/cache/app")], Resources = new(50, 32, 5) });
        await KubernetesBench.RunsAsync(other, "c");

        var pod = bench.Cluster.All("StatefulSet").Single().At("spec", "template", "spec")!;
        Assert.Equal(["64Mi", "2Gi"], bench.Cluster.All("PersistentVolumeClaim").Select(c => (string?)c.At("spec", "resources", "requests", "storage")).Order().Reverse());
        Assert.All(bench.Cluster.All("PersistentVolumeClaim"), c => Assert.Equal("fast", (string?)c.At("spec", "storageClassName")));
        Assert.Equal(["/mano/volumes/data", "/var/cache/app"], pod["containers"]![0]!["volumeMounts"]!.AsArray().Select(m => (string)m!["mountPath"]!));
        Assert.NotNull(pod.At("securityContext", "fsGroup"));
        Assert.Equal("3Gi", (string?)pod["containers"]![0]!.At("resources", "limits", "ephemeral-storage"));
        Assert.Empty(bench.Cluster.All("Deployment"));

        await other.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Empty(bench.Cluster.All("PersistentVolumeClaim"));
    }

    [Fact]
    public async Task Zones_and_groups_decide_where_it_lies()
    {
        Assert.Equal(["zone-a", "zone-b"], (await vim.GetCapabilitiesAsync(default)).Zones);
        await KubernetesBench.EnsureAsync(vim, "zoned", KubernetesBench.Spec() with { Zone = "zone-b" });
        Assert.Contains("on node node-2", (await KubernetesBench.RunsAsync(vim, "zoned")).Reason, StringComparison.Ordinal);

        AffinityGroup apart = new("db", AffinityRule.Apart), together = new("pair", AffinityRule.Together);
        foreach (var id in new[] { "a1", "a2" })
        {
            await KubernetesBench.EnsureAsync(vim, id, KubernetesBench.Spec() with { Groups = [apart] });
            await KubernetesBench.RunsAsync(vim, id);
        }

        var third = await Assert.ThrowsAsync<FailureException>(() => KubernetesBench.EnsureAsync(vim, "a3", KubernetesBench.Spec() with { Groups = [apart] }));
        Assert.Equal(FailureKind.NoCapacity, third.Failure.Kind);
        Assert.Equal(2, new[] { await NodeAsync("a1"), await NodeAsync("a2") }.Distinct().Count());

        foreach (var id in new[] { "t1", "t2", "t3" })
        {
            await KubernetesBench.EnsureAsync(vim, id, KubernetesBench.Spec() with { Groups = [together] });
            await KubernetesBench.RunsAsync(vim, id);
        }

        Assert.Single(new[] { await NodeAsync("t1"), await NodeAsync("t2"), await NodeAsync("t3") }.Distinct());
    }

    [Fact]
    public async Task An_object_of_somebody_else_with_our_name_is_ALREADY_EXISTS_and_left_alone()
    {
        await KubernetesBench.EnsureAsync(vim, "makes-the-namespace", KubernetesBench.Spec());
        var name = ComputeMark.NameOf("c");
        bench.Cluster.Make("Service", Space, (JsonObject)JsonNode.Parse($$"""{ "metadata": { "name": "{{name}}" }, "spec": { "ports": [ { "port": 1 } ] } }""")!);
        var before = bench.Cluster.All("Service", Space).Single(s => s.Name() == name).ToJsonString();

        var refused = (await Assert.ThrowsAsync<FailureException>(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()))).Failure;

        Assert.Equal(FailureKind.AlreadyExists, refused.Kind);
        Assert.Contains($"Service {Space}/{name} is there already and is not ours", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, bench.Cluster.All("Service", Space).Single(s => s.Name() == name).ToJsonString());
        Assert.DoesNotContain(bench.Cluster.All("ConfigMap", Space), c => c.Name() == name);
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Equal(before, bench.Cluster.All("Service", Space).Single(s => s.Name() == name).ToJsonString());
    }

    [Fact]
    public async Task A_namespace_of_somebody_else_is_not_taken_over()
    {
        bench.Cluster.Make("Namespace", "", new() { ["metadata"] = new JsonObject { ["name"] = Space } });

        var refused = (await Assert.ThrowsAsync<FailureException>(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()))).Failure;

        Assert.Equal(FailureKind.AlreadyExists, refused.Kind);
        Assert.Contains("give this adapter another NamespacePrefix", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Cluster.Store.Everything(), o => o.Object.Space() == Space && o.Row.Kind != "ServiceAccount");
    }

    [Fact]
    public async Task What_another_manager_changed_of_ours_is_put_right_and_what_it_added_stays()
    {
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("resyncs"), ResyncInterval = TimeSpan.FromSeconds(1) });
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        bench.Cluster.Change("Deployment", Space, One("Deployment").Name(), d =>
        {
            d["spec"]!["replicas"] = 5;
            d["metadata"]!["labels"]!["somebodys"] = "label";
        });

        await Eventually.Is(() => One("Deployment").At("spec", "replicas").Number() == 1, "the replicas are put right");
        Assert.Equal("label", One("Deployment").Labels()["somebodys"]);
        bench.Cluster.Delete("Service", Space, One("Service").Name());
        await Eventually.Is(() => bench.Cluster.All("Service", Space).Count == 1, "the service comes back");
    }

    [Fact]
    public async Task In_one_namespace_nothing_of_the_whole_cluster_is_needed()
    {
        bench.Cluster.Make("ResourceQuota", "default", new()
        {
            ["metadata"] = new JsonObject { ["name"] = "ours" }, ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["requests.cpu"] = "2", ["requests.memory"] = "1Gi" } },
            ["status"] = new JsonObject { ["hard"] = new JsonObject { ["requests.cpu"] = "2", ["requests.memory"] = "1Gi" } },
        });
        bench.Cluster.Settings.Denies = (_, _, space) => space != "default";
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("one"), ManageNamespaces = false, Namespace = "default", Owner = "one" });

        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");

        Assert.Equal(new(new(2000, 1024, 1_000_000_000_000), new(50, 32, 0)), await vim.GetCapacityAsync(default));
        Assert.Single(bench.Cluster.All("Deployment", "default"));
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Empty(bench.Cluster.All("Deployment", "default"));
    }

    [Fact]
    public async Task Capacity_is_what_nodes_that_take_our_pods_have_without_what_others_ask_for()
    {
        bench.Cluster.AddNode("cordoned", "zone-c");
        bench.Cluster.Change("Node", "", "cordoned", n => n["spec"] = new JsonObject { ["unschedulable"] = true });
        bench.Cluster.Make("Pod", "default", (JsonObject)JsonNode.Parse("""
            { "metadata": { "name": "theirs" }, "spec": { "containers": [ { "name": "c", "image": "app", "resources": { "requests": { "cpu": "1500m", "memory": "1Gi" } } } ] } }
            """)!);
        await Eventually.Is(() => bench.Cluster.All("Pod", "default").Single().At("spec", "nodeName") is not null, "it is scheduled");

        var (total, used) = await vim.GetCapacityAsync(default);

        Assert.Equal((new VimResources(6500, 15360, 200), default), (total, used));
        Assert.Equal(["zone-a", "zone-b"], (await vim.GetCapabilitiesAsync(default)).Zones);
    }

    [Fact]
    public async Task The_end_of_a_long_log_is_read_whatever_its_length()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        var pod = bench.Cluster.All("Pod", Space).Single();
        bench.Cluster.Agents.Write(pod.Uid(), string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:x5}\n")));

        var whole = await vim.ReadLogAsync("c", 1 << 20, default);
        Assert.StartsWith("conformance starts\n", whole.Text, StringComparison.Ordinal);
        Assert.False(whole.Truncated);
        var tail = await vim.ReadLogAsync("c", 60_000, default);
        Assert.Equal((60_000, true), (tail.Text.Length, tail.Truncated));
        Assert.EndsWith("04e1f\n", tail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_is_told_where_somebody_measures()
    {
        bench.Cluster.Settings.HasMetrics = true;
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        await Eventually.Is(async () => (await vim.ReadStatisticsAsync("c", default)).MemoryBytes == 32 << 20, "it is measured");

        var used = await vim.ReadStatisticsAsync("c", default);

        Assert.InRange(used.CpuNanoseconds!.Value, 1, 60_000_000_000);
        Assert.True((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.Statistics));
    }

    [Theory]
    [InlineData("A", "a")]
    [InlineData("a.b", "a-b")]
    [InlineData("0190b5c8-7d3f-7000-8000-000000000001", "0190b5c8-7d3f-7000-8000-000000000002")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz1", "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz2")]
    [InlineData("9...", "9")]
    public void Names_are_DNS_labels_with_room_for_pods_and_different_for_different_ids(string one, string other)
    {
        foreach (var name in new[] { one, other }.Select(ComputeMark.NameOf))
        {
            Assert.Matches(new Regex("^[a-z]([-a-z0-9]*[a-z0-9])?$"), name);
            Assert.InRange(name.Length, 1, 44);
        }

        Assert.NotEqual(ComputeMark.NameOf(one), ComputeMark.NameOf(other));
    }

    [Fact]
    public void Namespaces_of_tenants_are_their_names_where_that_can_be_and_never_the_same()
    {
        string[] tenants = ["tenant-1", "Tenant-1", "tenant_1", "", "ä", new('t', 63), new('t', 64), "-", "a-"];
        var spaces = tenants.Select(t => ComputeMark.NamespaceOf("mano-", t)).ToArray();

        Assert.Equal("mano-tenant-1", spaces[0]);
        Assert.Equal(tenants.Length, spaces.Distinct().Count());
        Assert.All(spaces, s => Assert.Matches(new Regex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"), s));
    }

    public async Task InitializeAsync()
    {
        bench = await KubernetesBench.StartAsync();
        vim = bench.Open();
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private JsonObject One(string kind) => bench.Cluster.All(kind, Space).Single();

    private static string Text(JsonNode? data) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String((string)data!));

    private async Task<string> NodeAsync(string id) => (await vim.GetComputeAsync(id, default))!.Reason.Split(' ')[^1];
}
