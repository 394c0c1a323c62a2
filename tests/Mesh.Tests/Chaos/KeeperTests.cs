using Mano.Chaos;
using Mano.Testing;

namespace Mano.Mesh.Tests.Chaos;

/// <summary>Whatever kills a chaos run, nothing that it started goes on.</summary>
[Trait("Speed", "Slow")]
public sealed class KeeperTests
{
    [Fact]
    public async Task A_run_that_is_killed_takes_everything_with_it()
    {
        using var temp = new TempFolder();
        var folder = temp.File("run");
        await using var run = ChildProcess.StartDotnet(typeof(ChaosRun).Assembly.Location, "--topology", "single", "--seed", "1", "--minutes", "5", "--folder", folder);
        await Eventually.Is(() => Started(folder).Count >= 5, "the daemons of the run are there");

        await run.Kill();

        await Eventually.Is(() => Started(folder).Count == 0, "no process of the run is there");
    }

    /// <summary>Processes that were given something in this folder.</summary>
    private static List<string> Started(string folder) =>
        [.. Directory.EnumerateDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0]) && CommandOf(p).Contains($"{folder}/bin/", StringComparison.Ordinal))];

    private static string CommandOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
