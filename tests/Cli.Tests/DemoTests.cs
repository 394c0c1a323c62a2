using System.Text.Json;
using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>README's first command, as the process that a newcomer starts.</summary>
[Trait("Speed", "Slow")]
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_runs_a_real_application_and_proves_that_nothing_is_left()
    {
        using var folder = new TempFolder();
        var run = await ManoProcess.Run(folder, "demo", "--once");
        Assert.True(run.Code == 0, Whole(run));
        Assert.Contains("NXDOMAIN", run.Out, StringComparison.Ordinal);
        Assert.Contains("│ Hello from the edge.", run.Out, StringComparison.Ordinal);
        Assert.Contains("✓ no process of it runs", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("✗ no", run.Out, StringComparison.Ordinal);
        Assert.EndsWith("Nothing is left.", run.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.FullPath, "mano-*"));
    }

    [Fact]
    public async Task With_a_simulated_VIM_everything_but_the_application_is_real()
    {
        using var folder = new TempFolder();
        var run = await ManoProcess.Run(folder, "demo", "--once", "--vim", "simulated", "--output", "json");
        Assert.True(run.Code == 0, Whole(run));
        using var document = JsonDocument.Parse(run.Out);
        Assert.True(document.RootElement.GetProperty("clean").GetBoolean());
        Assert.Equal(0, document.RootElement.GetProperty("left").GetArrayLength());
    }

    [Fact]
    public async Task Interrupted_in_the_middle_it_takes_everything_with_it()
    {
        using var folder = new TempFolder();
        await using var demo = ManoProcess.Start(folder, "demo", "--once");
        await demo.WaitFor("The OSS has it instantiated");
        demo.Interrupt();
        Assert.Equal(130, await demo.WaitForExit());
        Assert.DoesNotContain("   at ", demo.Err, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.FullPath, "mano-*"));
    }

    /// <summary>With the log of every part, which a demo that failed keeps and names.</summary>
    private static string Whole(CommandRun run) =>
        Regex.Match(run.Err, @"kept: (\S+)") is { Success: true } kept ? $"{run}\n--- log\n{File.ReadAllText(Path.Combine(kept.Groups[1].Value, "mano.log"))}" : run.ToString();
}
