using Mano.Testing.Containers;
using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.LocalContainers;

[Collection(DockerEngine.Name)]
public sealed class DockerConformanceTests(DockerEngine engine, ITestOutputHelper output)
{
    [EngineTheory]
    [ClassData(typeof(ConformanceSentences))]
    public async Task Containers_of_dockerd_conform(string sentence)
    {
        await using var bench = new ContainerBench(engine);
        await ConformanceSentences.Holds(bench.Subject("LocalContainers, dockerd"), sentence, output);
    }
}

[Collection(PodmanEngine.Name)]
public sealed class PodmanConformanceTests(PodmanEngine engine, ITestOutputHelper output)
{
    [EngineTheory(PodmanEngine.Name)]
    [ClassData(typeof(ConformanceSentences))]
    public async Task Containers_of_Podman_conform(string sentence)
    {
        await using var bench = new ContainerBench(engine);
        await ConformanceSentences.Holds(bench.Subject("LocalContainers, Podman"), sentence, output);
    }
}
