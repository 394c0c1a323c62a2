using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Kubernetes.Records;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>Servers that die, lose answers and forget; adapters that compete; hands from outside. In the end there is what was asked for, or nothing.</summary>
public sealed class LosingTests : IAsyncLifetime
{
    private const string Space = "mano-tenant-1";

    private KubernetesBench bench = null!;
    private KubernetesVim vim = null!;

    [Theory]
    [InlineData("POST", "/secrets")]
    [InlineData("POST", "/namespaces")]
    [InlineData("PATCH", "/configmaps/")]
    [InlineData("PATCH", "/services/")]
    [InlineData("PATCH", "/deployments/")]
    public async Task An_answer_lost_in_the_middle_of_making_leaves_one_compute(string method, string path)
    {
        var lost = Lose(method, path);

        var failure = await FailureOfAsync(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()));

        Assert.True(failure is null or { Kind: FailureKind.Unavailable or FailureKind.Conflict, Retryable: true }, failure?.ToString());
        Assert.Equal(1, lost());
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        Assert.Single(bench.Cluster.All("Deployment", Space));
        Assert.Single(bench.Cluster.All("Service", Space));
    }

    [Fact]
    public async Task A_compute_whose_making_was_cut_off_is_finished_without_being_asked_again()
    {
        var lost = Lose("PATCH", "/services/");
        await FailureOfAsync(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()));
        Assert.Equal(1, lost());

        await KubernetesBench.RunsAsync(vim, "c");
    }

    [Theory]
    [InlineData("PUT", "/secrets/")]
    [InlineData("DELETE", "/deployments/")]
    [InlineData("DELETE", "/services/")]
    public async Task An_answer_lost_in_the_middle_of_deleting_leaves_nothing(string method, string path)
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        var lost = Lose(method, path);

        var failure = await FailureOfAsync(() => vim.DeleteComputeIfAnyAsync("c", 2, default));

        Assert.True(failure is null or { Kind: FailureKind.Unavailable, Retryable: true }, failure?.ToString());
        Assert.Equal(1, lost());
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Null(await vim.GetComputeAsync("c", default));
        Assert.DoesNotContain(bench.Cluster.Store.Everything(), o => o.Object.Space() == Space && o.Row.Kind is not ("ServiceAccount" or "Event"));
    }

    [Fact]
    public async Task The_server_killed_is_UNAVAILABLE_and_the_computes_are_found_again_unharmed()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        var before = await KubernetesBench.RunsAsync(vim, "c");
        await bench.Cluster.CrashAsync();
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.GetComputeAsync("c", default))).Failure.Kind);
        Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.DeleteComputeIfAnyAsync("c", 9, default))).Failure.Kind);
        await bench.Cluster.ComeBackAsync();

        var after = await KubernetesBench.RunsAsync(vim, "c");

        Assert.Equal((before.StartedAt, before.CreatedAt, before.OperationNumber), (after.StartedAt, after.CreatedAt, after.OperationNumber));
    }

    [Fact]
    public async Task A_watch_goes_on_through_broken_connections_compaction_and_what_happened_meanwhile()
    {
        bench.Cluster.Settings.WatchTime = TimeSpan.FromMilliseconds(300);
        await KubernetesBench.EnsureAsync(vim, "stays", KubernetesBench.Spec());
        await KubernetesBench.EnsureAsync(vim, "goes", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "goes");
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await using var watch = vim.WatchComputesAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        while (await watch.MoveNextAsync() && watch.Current.Kind != ComputeEventKind.Synced)
        {
        }

        await bench.Cluster.CrashAsync();
        // While nobody can watch, another adapter's delete happens and the history is forgotten.
        var record = bench.Cluster.All("Secret", "mano").Single(s => ObjectReading.Texts(s["metadata"]!["annotations"])["mano/compute-id"] == "goes");
        bench.Cluster.Verbs.Delete(Row.Of("Secret"), "mano", record.Name(), null);
        bench.Cluster.Store.Compact();
        await bench.Cluster.ComeBackAsync();

        while (watch.Current is not { Kind: ComputeEventKind.Deleted, ComputeId: "goes" })
        {
            await watch.MoveNextAsync();
        }

        // Objects without a record are nobody's compute any more: they are cleared away.
        await Eventually.Is(() => bench.Cluster.All("Deployment", Space).Count == 1, "its deployment is removed");
        await vim.SetPowerStateAsync("stays", 2, PowerState.Stopped, default);
        while (watch.Current is not { ComputeId: "stays", Compute.State: ComputeState.Stopped })
        {
            await watch.MoveNextAsync();
        }
    }

    [Fact]
    public async Task Lists_in_pages_are_whole_also_where_the_next_page_is_forgotten()
    {
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("pages"), PageSize = 2 });
        foreach (var id in new[] { "a", "b", "c", "d", "e" })
        {
            await KubernetesBench.EnsureAsync(vim, id, KubernetesBench.Spec());
        }

        var compacted = 0;
        bench.Cluster.Settings.Loses = (method, path) =>
        {
            if (method == "GET" && path == "/api/v1/namespaces/mano/secrets" && Interlocked.Increment(ref compacted) == 1)
            {
                bench.Cluster.Store.Compact();
            }

            return false;
        };

        Assert.Equal(["a", "b", "c", "d", "e"], (await vim.ListComputesAsync(default)).Select(c => c.ComputeId));
        Assert.True(compacted > 3);
    }

    [Fact]
    public async Task Two_adapters_on_one_cluster_cannot_both_win()
    {
        var other = bench.Open(bench.Options with { Folder = bench.Folder.File("other") });
        await vim.EnsureImageAsync(KubernetesBench.Image(), default);
        await other.EnsureImageAsync(KubernetesBench.Image(), default);
        for (var round = 0; round < 5; round++)
        {
            var (id, specs) = ($"c{round}", new[] { KubernetesBench.Spec(app: "one"), KubernetesBench.Spec(app: "two") });
            var both = await Task.WhenAll(Task.Run(() => FailureOfAsync(() => vim.EnsureComputeAsync(id, 1, specs[0], default))), Task.Run(() => FailureOfAsync(() => other.EnsureComputeAsync(id, 1, specs[1], default))));
            Assert.Single(both, f => f is null);
            Assert.Equal(FailureKind.AlreadyExists, both.Single(f => f is not null)!.Kind);
        }

        // A delete here seals the number there.
        await other.DeleteComputeIfAnyAsync("c0", 7, default);
        Assert.Equal(FailureKind.Conflict, (await FailureOfAsync(() => vim.EnsureComputeAsync("c0", 7, KubernetesBench.Spec(), default)))!.Kind);
        await vim.EnsureComputeAsync("c0", 8, KubernetesBench.Spec(), default);
        await KubernetesBench.RunsAsync(other, "c0");
    }

    [Fact]
    public async Task What_was_decided_over_a_record_that_another_adapter_changed_meanwhile_is_not_written_over_it()
    {
        var other = bench.Open(bench.Options with { Folder = bench.Folder.File("other") });
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        await KubernetesBench.RunsAsync(other, "c");
        // Both adapters read records at any time by themselves; of one that runs, only a call writes any.
        var deleted = BeforeTheFirst("PUT", "/secrets/", () => other.DeleteComputeIfAnyAsync("c", 7, default));

        var late = await FailureOfAsync(() => vim.SetPowerStateAsync("c", 2, PowerState.Stopped, default));

        Assert.Equal(FailureKind.Conflict, late?.Kind);
        Assert.True(deleted());
        Assert.Null(await vim.GetComputeAsync("c", default));
        await Eventually.Is(() => bench.Cluster.All("Deployment", Space).Count == 0, "what came after the delete is swept away");
    }

    [Fact]
    public async Task What_comes_after_its_delete_is_swept_away()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        var late = (JsonObject)bench.Cluster.All("Deployment", Space).Single().DeepClone();
        await vim.DeleteComputeIfAnyAsync("c", 5, default);
        foreach (var own in new[] { "uid", "resourceVersion", "managedFields", "creationTimestamp", "generation" })
        {
            late.Meta().Remove(own);
        }

        bench.Cluster.Make("Deployment", Space, late, "mano");

        await Eventually.Is(() => bench.Cluster.All("Deployment", Space).Count == 0 && bench.Cluster.All("Pod", Space).Count == 0, "the late Deployment is removed");
        Assert.Null(await vim.GetComputeAsync("c", default));
    }

    [Fact]
    public async Task A_delete_that_a_finalizer_holds_up_names_it_and_goes_on_when_it_is_taken_away()
    {
        vim = bench.Open(bench.Options with { Folder = bench.Folder.File("hasty"), DeletePatience = TimeSpan.FromSeconds(2) });
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        var service = bench.Cluster.All("Service", Space).Single().Name();
        bench.Cluster.Change("Service", Space, service, s => s.SetFinalizers(["example.com/hold"]));

        var held = (await Assert.ThrowsAsync<FailureException>(() => vim.DeleteComputeIfAnyAsync("c", 2, default))).Failure;

        Assert.Equal((FailureKind.DeadlineExceeded, true), (held.Kind, held.Retryable));
        Assert.Contains($"Service {Space}/{service} is held by finalizer example.com/hold", held.Message, StringComparison.Ordinal);
        Assert.Equal(ComputeState.Deleting, (await vim.GetComputeAsync("c", default))!.State);
        bench.Cluster.Change("Service", Space, service, s => s.SetFinalizers([]));
        await Eventually.Is(async () => await vim.GetComputeAsync("c", default) is null, "the delete goes on by itself");
    }

    [Fact]
    public async Task A_delete_waits_for_the_pod_and_not_only_for_the_Deployment()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        bench.Cluster.Settings.HasKubelet = false;
        var delete = vim.DeleteComputeIfAnyAsync("c", 2, default);
        // One that its ReplicaSet made anew, before it heard that it shall go itself, is asked as well.
        await Eventually.Is(() => bench.Cluster.All("Pod", Space) is { Count: > 0 } pods && pods.All(p => p.IsEnding()), "the pod is asked to end");

        Assert.False(delete.IsCompleted);
        Assert.Contains("foregroundDeletion", bench.Cluster.All("Deployment", Space).Single().Finalizers());
        bench.Cluster.Settings.HasKubelet = true;
        await delete.Soon();
        Assert.Empty(bench.Cluster.All("Pod", Space));
    }

    [Fact]
    public async Task The_clusters_garbage_collector_ends_no_pod_before_its_node_did()
    {
        await KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec());
        await KubernetesBench.RunsAsync(vim, "c");
        bench.Cluster.Settings.HasKubelet = false;

        // Nobody but the collector is at work on it: an adapter deletes the pods too, and is usually faster.
        await vim.DisposeAsync();
        var deployment = bench.Cluster.All("Deployment", Space).Single().Name();
        bench.Cluster.Verbs.Delete(Row.Of("Deployment"), Space, deployment, new() { ["propagationPolicy"] = "Foreground" });
        await Eventually.Is(() => bench.Cluster.Store.Since(0).Any(c => c.Row.Kind == "Pod" && c.Object.IsEnding() && c.Object.Finalizers().Count == 0), "the collector is done with the pod");

        Assert.True(bench.Cluster.All("Pod", Space).Single().IsEnding());
        bench.Cluster.Settings.HasKubelet = true;
        await Eventually.Is(() => bench.Cluster.All("Deployment", Space).Count == 0, "all goes when the pod has ended");
    }

    [Fact]
    public async Task Numbers_are_forgotten_when_they_are_old_and_no_sooner()
    {
        await vim.DeleteComputeIfAnyAsync("old", 5, default);
        await vim.DisposeAsync();
        vim = bench.Open(bench.Options with { FenceRetention = TimeSpan.FromSeconds(1), ResyncInterval = TimeSpan.FromSeconds(1) });

        await Eventually.Is(() => bench.Cluster.All("Secret", "mano").Count == 0, "the record is forgotten");
        await KubernetesBench.EnsureAsync(vim, "old", KubernetesBench.Spec());
    }

    [Fact]
    public async Task A_new_namespace_without_its_service_account_yet_is_waited_for()
    {
        await KubernetesBench.EnsureAsync(vim, "makes-the-namespace", KubernetesBench.Spec());
        bench.Cluster.Delete("ServiceAccount", Space, "default");
        await vim.EnsureImageAsync(KubernetesBench.Image(), default);
        var ensure = vim.EnsureComputeAsync("c", 1, KubernetesBench.Spec() with { RestartPolicy = RestartPolicy.Never }, default);
        await Eventually.Is(() => bench.Cluster.All("Service", Space).Count == 2, "all but the pod is there");
        bench.Cluster.Make("ServiceAccount", Space, new() { ["metadata"] = new JsonObject { ["name"] = "default" } });

        await ensure.Soon();
        await KubernetesBench.RunsAsync(vim, "c");
    }

    [Fact]
    public async Task A_right_that_is_missing_is_PERMISSION_DENIED_naming_it_and_leaves_nothing()
    {
        await KubernetesBench.EnsureAsync(vim, "before", KubernetesBench.Spec());
        bench.Cluster.Settings.Denies = (verb, resource, _) => verb == "patch" && resource == "deployments.apps";

        var refused = (await Assert.ThrowsAsync<FailureException>(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()))).Failure;

        Assert.Equal(FailureKind.Forbidden, refused.Kind);
        Assert.Contains("cannot patch resource \"deployments\"", refused.Message, StringComparison.Ordinal);
        Assert.Null(await vim.GetComputeAsync("c", default));
        Assert.Single(bench.Cluster.All("Service", Space));
    }

    [Fact]
    public async Task Records_of_somebody_else_in_our_place_are_told_and_not_overwritten()
    {
        var name = new ComputeMark("mano", "mano").RecordName(ComputeMark.KeyOf("c"));
        bench.Cluster.Make("Secret", "mano", new() { ["metadata"] = new JsonObject { ["name"] = name }, ["data"] = new JsonObject { ["theirs"] = "AAAA" } });

        var refused = (await Assert.ThrowsAsync<FailureException>(() => KubernetesBench.EnsureAsync(vim, "c", KubernetesBench.Spec()))).Failure;

        Assert.Equal(FailureKind.Internal, refused.Kind);
        Assert.Equal("AAAA", (string?)bench.Cluster.All("Secret", "mano").Single(s => s.Name() == name).At("data", "theirs"));
    }

    public async Task InitializeAsync()
    {
        bench = await KubernetesBench.StartAsync();
        vim = bench.Open();
    }

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private Func<int> Lose(string method, string path)
    {
        var lost = 0;
        bench.Cluster.Settings.Loses = (m, p) => m == method && (p.Contains(path, StringComparison.Ordinal) || p.EndsWith(path, StringComparison.Ordinal)) && Interlocked.CompareExchange(ref lost, 1, 0) == 0;
        return () => Volatile.Read(ref lost);
    }

    private Func<bool> BeforeTheFirst(string method, string path, Func<Task> what)
    {
        var begun = 0;
        bench.Cluster.Settings.Meanwhile = (m, p) =>
            m == method && p.Contains(path, StringComparison.Ordinal) && Interlocked.CompareExchange(ref begun, 1, 0) == 0 ? what().Soon() : Task.CompletedTask;
        return () => Volatile.Read(ref begun) == 1;
    }

    private static async Task<Failure?> FailureOfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
    }
}
