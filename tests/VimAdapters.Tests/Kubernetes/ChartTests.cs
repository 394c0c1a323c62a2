using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>Computes that are charts: rendered by a real helm, checked, applied by us, and gone without a trace.</summary>
public sealed class ChartTests : IAsyncLifetime
{
    private const string Space = "mano-tenant-1";

    private KubernetesBench bench = null!;
    private KubernetesVim vim = null!;

    [HelmFact]
    public async Task A_chart_runs_in_its_tenants_namespace_with_values_over_its_own_and_goes_without_a_trace()
    {
        var chart = HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web));
        await EnsureAsync(chart, spec => spec with { ChartValues = """{ "replicas": 2 }""", Environment = new Dictionary<string, string> { ["COLOUR"] = "blue" }, Zone = "zone-b" });

        var running = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Running && c.Reason.Contains('2', StringComparison.Ordinal));

        var deployment = bench.Cluster.All("Deployment").Single();
        Assert.Equal((Space, "c"), (deployment.Space(), ObjectReading.Texts(deployment["metadata"]!["annotations"])["mano/compute-id"]));
        Assert.All(bench.Cluster.All("Pod"), p => Assert.Equal(("mano", "node-2"), (p.Labels()["mano/owner"], (string?)p.At("spec", "nodeName"))));
        Assert.Equal("blue", (string?)bench.Cluster.All("ConfigMap", Space).Single().At("data", "COLOUR"));
        Assert.Equal([(string)bench.Cluster.All("Service", Space).Single().At("spec", "clusterIP")!], running.Addresses);
        Assert.StartsWith("conformance starts", (await vim.ReadLogAsync("c", 0, default)).Text, StringComparison.Ordinal);

        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.DoesNotContain(bench.Cluster.Store.Everything(), o => o.Object.Space() == Space && o.Row.Kind is not ("ServiceAccount" or "Event"));
        Assert.Single(bench.Cluster.All("Secret", "mano"));
    }

    [HelmFact]
    public async Task It_is_rendered_once_so_that_random_values_stay_and_stops_and_starts()
    {
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("resyncs"), HelmPath = HelmBench.Helm!, ResyncInterval = TimeSpan.FromSeconds(1) });
        await EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web)));
        await KubernetesBench.RunsAsync(vim, "c");
        string Random() => bench.Cluster.All("Secret", Space).Single(s => s.At("stringData", "password") is not null).At("stringData", "password")!.ToString();
        var before = Random();

        await vim.SetPowerStateAsync("c", 2, PowerState.Stopped, default);
        await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Stopped);
        Assert.Empty(bench.Cluster.All("Pod", Space));
        await vim.SetPowerStateAsync("c", 3, PowerState.Started, default);
        await KubernetesBench.RunsAsync(vim, "c");

        Assert.Equal(before, Random());
        bench.Cluster.Delete("Service", Space, bench.Cluster.All("Service", Space).Single().Name());
        await Eventually.Is(() => bench.Cluster.All("Service", Space).Count == 1, "a service that was removed by hand comes back");
    }

    [HelmFact]
    public async Task Hooks_run_in_the_order_of_their_weights_before_and_after()
    {
        await EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web), ("b.yaml", HelmBench.Hook("second", "pre-install", 5)), ("a.yaml", HelmBench.Hook("first", "pre-install", -1)),
            ("c.yaml", HelmBench.Hook("after", "post-install", 0, policy: "hook-succeeded")), ("d.yaml", HelmBench.Hook("last", "pre-delete,post-delete", 0)), ("e.yaml", HelmBench.Hook("never", "pre-upgrade", 0))));
        await KubernetesBench.RunsAsync(vim, "c");
        await Eventually.Is(() => Made("Job").Length == 3 && bench.Cluster.All("Job", Space).Count == 2, "the hook after it ran and is gone, as its policy says");

        // The history tells in which order they came.
        string[] Made(string kind) => [.. bench.Cluster.Store.Since(0).Where(c => c.Type == "ADDED" && c.Row.Kind == kind).Select(c => c.Object.Name().Split('-')[^1])];
        Assert.Equal(["first", "second", "after"], Made("Job"));
        var order = bench.Cluster.Store.Since(0).Where(c => c.Type == "ADDED" && c.Row.Kind is "Job" or "Deployment" && c.Type == "ADDED").Select(c => c.Row.Kind);
        Assert.Equal(["Job", "Job", "Deployment", "Job"], order);

        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Equal(["first", "second", "after", "last", "last"], Made("Job"));
        Assert.Empty(bench.Cluster.All("Job"));
    }

    [HelmFact]
    public async Task A_hook_that_fails_is_FAILED_with_its_reason_and_nothing_else_is_applied()
    {
        await EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web), ("a.yaml", HelmBench.Hook("migrate", "pre-install", 0, "exits-7"))));

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Contains("migrate (PreInstall) failed: BackoffLimitExceeded", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.Cluster.All("Deployment"));
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Empty(bench.Cluster.All("Job"));
    }

    [HelmTheory]
    [InlineData("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: all }\nrules: []\n", "charts may not bring a ClusterRole, which is of the whole cluster; the operator may allow it with ChartKinds")]
    [InlineData("apiVersion: v1\nkind: Namespace\nmetadata: { name: mine }\n", "charts may not bring a Namespace")]
    [InlineData("apiVersion: apps/v2\nkind: Deployment\nmetadata: { name: d }\n", "this cluster does not serve Deployment of apps/v2")]
    [InlineData("{{ .Values.nothing.at.all }}", "helm says")]
    [InlineData("{{ fail \"give me a password\" }}", "give me a password")]
    [InlineData("just: text\n", "it has no kind, or no name")]
    public async Task What_a_chart_may_not_bring_is_refused_with_the_reason_and_leaves_nothing(string template, string sentence)
    {
        var refused = (await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web), ("x.yaml", template))))).Failure;

        Assert.Equal(FailureKind.InvalidInput, refused.Kind);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Null(await vim.GetComputeAsync("c", default));
        Assert.Empty(bench.Cluster.All("Deployment"));
        Assert.DoesNotContain(bench.Cluster.All("Secret"), s => s.Name().Contains("manifest", StringComparison.Ordinal));
    }

    [HelmFact]
    public async Task Kinds_of_its_own_are_refused()
    {
        var chart = HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web),
            ("crds/own.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: owns.example.com }\nspec: {}\n"));

        var refused = await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(chart));

        Assert.Contains("a chart may not bring kinds of its own into the cluster", refused.Failure.Message, StringComparison.Ordinal);
    }

    [HelmFact]
    public async Task An_object_of_another_chart_with_the_same_name_is_not_taken_over()
    {
        var chart = HelmBench.Chart(bench.Folder, ("x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: fixed }\ndata: { a: b }\n"));
        await EnsureAsync(chart);
        await KubernetesBench.RunsAsync(vim, "c");

        var refused = (await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("d", 1, Spec(chart), default))).Failure;

        Assert.Equal(FailureKind.AlreadyExists, refused.Kind);
        Assert.Equal("c", ObjectReading.Texts(bench.Cluster.All("ConfigMap", Space).Single(m => m.Name() == "fixed")["metadata"]!["annotations"])["mano/compute-id"]);
    }

    [HelmFact]
    public async Task Helm_gets_nothing_of_ours_and_is_ended_when_it_takes_too_long()
    {
        var fake = bench.Folder.File("helm");
        ScriptFile.Write(fake, "[ -n \"$HELM_TEST_SLOW\" ] && exec sleep 600\n/usr/bin/env | /usr/bin/sort | /usr/bin/tr '\\n' ' ' >&2\nexit 1");
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("fake"), HelmPath = fake, HelmTimeout = TimeSpan.FromSeconds(30) });
        Environment.SetEnvironmentVariable("MANO_TEST_SECRET", "do-not-tell");

        var refused = await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web))));

        Assert.Contains("KUBECONFIG=/dev/null", refused.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("do-not-tell", refused.Failure.Message, StringComparison.Ordinal);

        ScriptFile.Write(fake, "exec /bin/sleep 600");
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("slow"), HelmPath = fake, HelmTimeout = TimeSpan.FromSeconds(1) });
        var late = await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web))));
        Assert.Contains("took longer than 1 s", late.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_helm_charts_are_not_claimed_and_it_is_said_why()
    {
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("without"), HelmPath = "/nowhere/helm" });

        var capabilities = await vim.GetCapabilitiesAsync(default);

        Assert.False(capabilities.Has(VimCapability.HelmCharts));
        Assert.Contains("no helm program was found", capabilities.Notes.Single(n => n.Name == "HelmCharts").Detail, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(HelmBench.Chart(bench.Folder, ("web.yaml", HelmBench.Web))));
        Assert.Equal(FailureKind.Unimplemented, refused.Failure.Kind);
    }

    [HelmFact]
    public async Task What_is_no_chart_is_refused_as_an_image()
    {
        var path = bench.Folder.File("text");
        File.WriteAllText(path, "no chart");
        var digest = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)));

        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(ImageSource.FromFile(new(digest, ImageFormat.HelmChart), path), default));

        Assert.Equal(FailureKind.InvalidInput, refused.Failure.Kind);
        Assert.Empty(await vim.ListImagesAsync(default));
    }

    public async Task InitializeAsync()
    {
        bench = await KubernetesBench.StartAsync();
        vim = bench.Open(bench.Options with { HelmPath = HelmBench.Helm ?? "" });
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private static ComputeSpec Spec(ImageSource chart) => KubernetesBench.Spec(chart) with { Ports = [] };

    private async Task EnsureAsync(ImageSource chart, Func<ComputeSpec, ComputeSpec>? change = null)
    {
        await vim.EnsureImageAsync(chart, default);
        await vim.EnsureComputeAsync("c", 1, change?.Invoke(Spec(chart)) ?? Spec(chart), default);
    }
}
