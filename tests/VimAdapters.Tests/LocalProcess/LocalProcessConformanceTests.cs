using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.LocalProcess;

public sealed class LocalProcessConformanceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly LocalProcessBench bench = new();

    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public Task Local_processes_conform(string sentence) => ConformanceSentences.Holds(bench.Subject("LocalProcess"), sentence, output);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();
}

/// <summary>The same where the machine allows nothing: no namespaces, no control groups, no users.</summary>
public sealed class PlainLocalProcessConformanceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly LocalProcessBench bench = new();

    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public Task Plain_local_processes_conform(string sentence)
    {
        bench.Options = bench.Options with { Namespaces = false, Cgroups = false, FirstUserId = 0 };
        return ConformanceSentences.Holds(bench.Subject("LocalProcess, plain"), sentence, output);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();
}
