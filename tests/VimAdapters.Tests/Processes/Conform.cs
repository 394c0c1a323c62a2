using Mano.VimAdapters.Conformance;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.Tests.Conformance;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.Processes;

/// <summary>The whole conformance suite in a process of its own, which may be another user's.</summary>
internal static class Conform
{
    public static async Task<int> RunAsync(string folder, string range)
    {
        var options = Churn.Options(Path.Combine(folder, "vim"), range) with { BackOff = TimeSpan.FromMilliseconds(50), BackOffLimit = TimeSpan.FromMilliseconds(200) };
        var subject = new ConformanceSubject
        {
            Name = "LocalProcess",
            Open = () => Task.FromResult<IVimAdapter>(new LocalProcessVim(options, TimeProvider.System, NullLogger<LocalProcessVim>.Instance)),
            Image = TestImages.RunsForever(folder),
            EndingImage = TestImages.EndsWithThree(folder),
        };
        await using (var vim = new LocalProcessVim(options, TimeProvider.System, NullLogger<LocalProcessVim>.Instance))
        {
            Console.WriteLine(string.Join('\n', (await vim.GetCapabilitiesAsync(default)).Notes));
        }

        var results = await VimConformance.RunAllAsync(subject);
        Console.WriteLine(VimConformance.Table(subject, results));
        return results.Any(r => r.Verdict == ConformanceVerdict.Failed) ? 1 : 0;
    }
}
