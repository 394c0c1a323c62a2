using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.Kubernetes;

public sealed class KubernetesConformanceTests(ITestOutputHelper output)
{
    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public async Task Computes_in_a_cluster_conform(string sentence)
    {
        await using var bench = await KubernetesBench.StartAsync();
        await ConformanceSentences.Holds(bench.Subject("Kubernetes, pods"), sentence, output);
    }
}

public sealed class KubernetesDeploymentConformanceTests(ITestOutputHelper output)
{
    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public async Task Deployments_in_a_cluster_conform(string sentence)
    {
        await using var bench = await KubernetesBench.StartAsync();
        await ConformanceSentences.Holds(bench.Subject("Kubernetes, Deployments", vim => new SwappedPolicies(vim)) with { EndingImage = null }, sentence, output);
    }
}
