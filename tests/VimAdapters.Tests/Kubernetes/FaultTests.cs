using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>What goes wrong in a cluster, and how it is told: in a person's words, and FAILED when it will not mend by itself.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private KubernetesBench bench = null!;
    private KubernetesVim vim = null!;

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_told_at_once_and_FAILED_when_patience_ends()
    {
        var patient = bench.Open(bench.Options with { Folder = bench.Folder.File("patient"), Owner = "patient", NamespacePrefix = "patient-", FaultPatience = TimeSpan.FromHours(1) });
        await EnsureAsync(patient, "a", "missing:1.0");
        var told = await KubernetesBench.BecomesAsync(patient, "a", c => c.Reason.Contains("ImagePullBackOff", StringComparison.Ordinal));
        Assert.Equal(ComputeState.Creating, told.State);

        await EnsureAsync(vim, "c", "missing:1.0");
        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);
        Assert.Contains("image registry.example/edge/missing:1.0 cannot be pulled", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_never_comes_on_is_told_with_its_last_warning_and_FAILED_in_the_end()
    {
        var hasty = bench.Open(bench.Options with { Folder = bench.Folder.File("hasty"), Owner = "hasty", NamespacePrefix = "hasty-", FaultPatience = TimeSpan.Zero, StartPatience = TimeSpan.FromSeconds(3) });
        await EnsureAsync(hasty, "c", "slow:1.0");
        await Eventually.Is(() => bench.Cluster.All("Pod").Count == 1, "its pod");
        bench.Cluster.Events.Warn(bench.Cluster.All("Pod").Single(), "FailedMount", "Unable to attach or mount volumes");

        var failed = await KubernetesBench.BecomesAsync(hasty, "c", c => c.State == ComputeState.Failed && c.Reason.Contains("FailedMount", StringComparison.Ordinal));

        Assert.Contains("the last warning (FailedMount): Unable to attach or mount volumes", failed.Reason, StringComparison.Ordinal);
        bench.Cluster.Agents.SlowImagesCome = true;
        await KubernetesBench.RunsAsync(hasty, "c");
    }

    [Fact]
    public async Task What_no_node_has_room_for_is_FAILED_with_the_schedulers_own_words()
    {
        // There is room in all, and on no node.
        await EnsureAsync(vim, "c", "app:1.0", spec => spec with { Resources = new(5000, 32, 0) });

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Contains("no node takes it (Unschedulable): 0/2 nodes are available: 2 Insufficient cpu.", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(await vim.ListEventsAsync("c", default), e => e is { Kind: "FailedScheduling", IsWarning: true });
    }

    [Fact]
    public async Task A_crash_loop_is_FAILED_with_the_exit_code_and_what_comes_next()
    {
        await EnsureAsync(vim, "c", "exits-3:1.0");

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed && c.RestartCount > 0);

        Assert.Equal(3, failed.ExitCode);
        Assert.Contains("exited with 3; it is started again, later each time (CrashLoopBackOff", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_for_memory_is_told_with_the_limit()
    {
        await EnsureAsync(vim, "c", "oom:1.0");

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Equal(137, failed.ExitCode);
        Assert.Contains("killed for memory (OOMKilled), its limit is 32 MiB", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_runs_as_root_fails_with_what_to_set_and_runs_with_it()
    {
        await EnsureAsync(vim, "c", "root:1.0");
        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);
        Assert.Contains("CreateContainerConfigError", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("set RunAsUser to a user of it, or PodSecurity=Baseline", failed.Reason, StringComparison.Ordinal);

        var other = bench.Open(bench.Options with { Folder = bench.Folder.File("other"), Owner = "other", NamespacePrefix = "other-", PodSecurity = PodSecurity.Baseline });
        await EnsureAsync(other, "c", "root:1.0");
        await KubernetesBench.RunsAsync(other, "c");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_quota_that_refuses_the_pod_is_told_in_the_quotas_words(bool volumes)
    {
        await EnsureAsync(vim, "first", "app:1.0");
        bench.Cluster.Make("ResourceQuota", "mano-tenant-1", new() { ["metadata"] = new JsonObject { ["name"] = "small" }, ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["pods"] = "1" } } });
        await KubernetesBench.RunsAsync(vim, "first");
        await EnsureAsync(vim, "c", "app:1.0", spec => spec with { Volumes = volumes ? [new("data", 1)] : [] });

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Contains("exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quota_that_refuses_at_once_is_RESOURCE_EXHAUSTED_and_leaves_nothing()
    {
        await EnsureAsync(vim, "first", "app:1.0");
        bench.Cluster.Make("ResourceQuota", "mano-tenant-1", new() { ["metadata"] = new JsonObject { ["name"] = "small" }, ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["requests.storage"] = "1Gi" } } });

        var refused = (await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(vim, "c", "app:1.0", spec => spec with { Volumes = [new("data", 2)] }))).Failure;

        Assert.Equal(FailureKind.NoCapacity, refused.Kind);
        Assert.Null(await vim.GetComputeAsync("c", default));
        Assert.DoesNotContain(bench.Cluster.All("ConfigMap"), o => o["metadata"]!["name"]!.ToString().Contains("mano-c-", StringComparison.Ordinal));
        await EnsureAsync(vim, "c", "app:1.0");
    }

    [Fact]
    public async Task A_pod_that_its_node_evicted_is_told_so()
    {
        await EnsureAsync(vim, "c", "app:1.0", spec => spec with { RestartPolicy = RestartPolicy.Never });
        await KubernetesBench.RunsAsync(vim, "c");
        var pod = bench.Cluster.All("Pod", "mano-tenant-1").Single();
        bench.Cluster.Change("Pod", "mano-tenant-1", (string)pod["metadata"]!["name"]!, p => p["status"] = new JsonObject
        {
            ["phase"] = "Failed", ["reason"] = "Evicted", ["message"] = "The node was low on resource: ephemeral-storage.",
        });

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Contains("its node evicted it: The node was low on resource: ephemeral-storage.", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_ends_with_0_is_started_again_by_ALWAYS_and_not_by_ON_FAILURE()
    {
        await EnsureAsync(vim, "always", "exits-0:1.0");
        await KubernetesBench.BecomesAsync(vim, "always", c => c.RestartCount > 0);

        await EnsureAsync(vim, "once", "exits-0:1.0", spec => spec with { RestartPolicy = RestartPolicy.OnFailure });
        var stopped = await KubernetesBench.BecomesAsync(vim, "once", c => c.State == ComputeState.Stopped);
        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains("not started again, by its restart policy", stopped.Reason, StringComparison.Ordinal);

        await EnsureAsync(vim, "never", "exits-0:1.0", spec => spec with { RestartPolicy = RestartPolicy.Never });
        Assert.Equal(0, (await KubernetesBench.BecomesAsync(vim, "never", c => c.State == ComputeState.Stopped)).ExitCode);
        var first = bench.Cluster.All("Pod").Single(p => p.Name().Contains("-never-", StringComparison.Ordinal)).Uid();
        await vim.SetPowerStateAsync("never", 2, PowerState.Started, default);
        await Eventually.Is(() => bench.Cluster.All("Pod").Any(p => p.Name().Contains("-never-", StringComparison.Ordinal) && p.Uid() != first), "another pod is made");
        Assert.Equal(0, (await KubernetesBench.BecomesAsync(vim, "never", c => c.State == ComputeState.Stopped && c.OperationNumber == 2)).ExitCode);
    }

    [Fact]
    public async Task A_bare_pod_that_was_removed_from_outside_stays_gone_by_policy_NEVER()
    {
        await EnsureAsync(vim, "c", "app:1.0", spec => spec with { RestartPolicy = RestartPolicy.Never });
        await KubernetesBench.RunsAsync(vim, "c");
        bench.Cluster.Delete("Pod", "mano-tenant-1", (string)bench.Cluster.All("Pod", "mano-tenant-1").Single()["metadata"]!["name"]!);

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed && c.Reason.Contains("was removed from outside", StringComparison.Ordinal));

        Assert.Contains("not started again", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.Cluster.All("Pod", "mano-tenant-1"));
    }

    public async Task InitializeAsync()
    {
        bench = await KubernetesBench.StartAsync();
        vim = bench.Open(bench.Options with { FaultPatience = TimeSpan.FromSeconds(1) });
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private static Task<Compute> EnsureAsync(IVimAdapter vim, string id, string image, Func<ComputeSpec, ComputeSpec>? change = null)
    {
        var source = KubernetesBench.Image(image);
        return KubernetesBench.EnsureAsync(vim, id, change?.Invoke(KubernetesBench.Spec(source)) ?? KubernetesBench.Spec(source), source);
    }
}
