using System.IO.Compression;
using System.Security.Cryptography;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes;
using Mano.VimAdapters.Tests.Kubernetes.Double;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>The charts in packages that were really published (EdgeGallery): they run, or it is said what is wrong with them.</summary>
public sealed class CorpusChartTests : IAsyncLifetime
{
    private KubernetesBench bench = null!;

    [CorpusTheory]
    [InlineData("appstore-be__test2048_1.0.csar", "test2048.tgz")]
    [InlineData("mecm-applcm_hist__22406fba.csar", "7e9b913f-748a-42b7-a088-abe3f750f04c.tgz")]
    public async Task A_chart_that_is_right_runs_in_a_namespace_that_lets_it(string package, string chart)
    {
        var vim = bench.Open(bench.Options with { HelmPath = HelmBench.Helm!, PodSecurity = PodSecurity.Baseline });
        await EnsureAsync(vim, package, chart);

        var running = await KubernetesBench.RunsAsync(vim, "c");

        Assert.NotEmpty(running.Addresses);
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.DoesNotContain(bench.Cluster.Store.Everything(), o => o.Object.Space() == "mano-tenant-1" && o.Row.Kind is not ("ServiceAccount" or "Event"));
    }

    [CorpusTheory]
    [InlineData("appstore-be__test2048_1.0.csar", "test2048.tgz")]
    public async Task A_chart_that_runs_as_root_is_FAILED_in_a_restricted_namespace_with_the_clusters_reason(string package, string chart)
    {
        var vim = bench.Open(bench.Options with { HelmPath = HelmBench.Helm!, FaultPatience = TimeSpan.FromSeconds(1) });
        await EnsureAsync(vim, package, chart);

        var failed = await KubernetesBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Failed);

        Assert.Contains("violates PodSecurity \"restricted", failed.Reason, StringComparison.Ordinal);
    }

    [CorpusTheory]
    [InlineData("appstore-be__new_csar.csar", "testcsar.tgz", "<random_value>")]
    [InlineData("appstore-be_hist__AR.csar", "envoy.tgz", "this cluster does not serve PodDisruptionBudget of policy/v1beta1")]
    [InlineData("appstore-be_hist__positioning_eg_1.0.csar", "positioning-service.tgz", "helm says: Error: parse error")]
    public async Task A_chart_that_is_wrong_is_refused_with_what_is_wrong_and_leaves_nothing(string package, string chart, string sentence)
    {
        var vim = bench.Open(bench.Options with { HelmPath = HelmBench.Helm! });

        var refused = (await Assert.ThrowsAsync<FailureException>(() => EnsureAsync(vim, package, chart))).Failure;

        Assert.Equal(FailureKind.InvalidInput, refused.Kind);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Cluster.Store.Everything(), o => o.Object.Space() == "mano-tenant-1" && o.Row.Kind is not ("ServiceAccount" or "Event"));
    }

    public async Task InitializeAsync() => bench = await KubernetesBench.StartAsync();

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private async Task EnsureAsync(KubernetesVim vim, string package, string chart)
    {
        using var zip = ZipFile.OpenRead(SharedInput.File("corpus", "edgegallery", package));
        var path = bench.Folder.File(chart);
        zip.Entries.Single(e => e.Name == chart).ExtractToFile(path);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path)));
        var source = ImageSource.FromFile(new(digest, ImageFormat.HelmChart, chart), path);
        await vim.EnsureImageAsync(source, default);
        await vim.EnsureComputeAsync("c", 1, KubernetesBench.Spec(source) with { Ports = [] }, default);
    }
}

/// <summary>A test on charts of the shared corpus, rendered by helm; without either it is reported as skipped, with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CorpusTheoryAttribute : TheoryAttribute
{
    public CorpusTheoryAttribute() => Skip = (HelmBench.WhyMissing ?? SharedInput.WhyMissing)!;
}
