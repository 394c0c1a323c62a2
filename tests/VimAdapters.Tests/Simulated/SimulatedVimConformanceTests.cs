using Mano.Testing;
using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;
using Mano.VimAdapters.Tests.Conformance;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.Simulated;

public sealed class SimulatedVimConformanceTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder folder = new();

    [Theory]
    [ClassData(typeof(ConformanceSentences))]
    public Task Simulated_VIM_with_a_folder_conforms(string sentence) => ConformanceSentences.Holds(Subject(new()
    {
        Folder = folder.File("vim"),
        BootTime = TimeSpan.FromMilliseconds(5),
        StopTime = TimeSpan.FromMilliseconds(5),
        DeleteTime = TimeSpan.FromMilliseconds(5),
        Zones = ["z1", "z2"],
    }), sentence, output);

    [Fact]
    public async Task What_is_not_claimed_is_skipped_and_what_is_claimed_passes()
    {
        var subject = Subject(new() { BootTime = TimeSpan.Zero, Without = [VimCapability.Power, VimCapability.Logs, VimCapability.VmImages] });
        var results = await VimConformance.RunAllAsync(subject);
        output.WriteLine(VimConformance.Table(subject, results));
        Assert.DoesNotContain(results, r => r.Verdict == ConformanceVerdict.Failed);
        Assert.Contains(results, r => r is { Verdict: ConformanceVerdict.Skipped, Check.Sentence: "Stop and start, repeated, keep the compute and its address" });
        Assert.Contains(results, r => r is { Verdict: ConformanceVerdict.Passed, Check.Sentence: "SetPowerState without the capability is UNIMPLEMENTED" });
        Assert.Contains(results, r => r is { Verdict: ConformanceVerdict.Passed, Check.Sentence: "EnsureImage of a format that is not claimed is UNIMPLEMENTED" });
    }

    public void Dispose() => folder.Dispose();

    private ConformanceSubject Subject(SimulatedVimOptions options) => new()
    {
        Name = "Simulated",
        Open = () => Task.FromResult<IVimAdapter>(new SimulatedVim(options, TimeProvider.System)),
        Image = TestImages.RunsForever(folder),
    };
}
