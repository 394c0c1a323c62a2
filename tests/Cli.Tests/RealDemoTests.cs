using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Mano.Cli.Demo.RealEdge;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>
/// The edge in network namespaces, proven with real TCP, UDP and DNS traffic: the demo looks with the eyes of a user, a cloud
/// server and a monitor, and says what it saw.
/// </summary>
[Trait("Speed", "Slow")]
public sealed partial class RealDemoTests
{
    [RealEdgeFact]
    public async Task Requests_move_from_the_cloud_to_the_edge_and_back_with_none_lost_and_nothing_is_left()
    {
        using var folder = new TempFolder();
        var run = await ManoProcess.Run(folder, "demo", "--real", "--once", "--output", "json");
        Assert.True(run.Code == 0, run.ToString());
        using var document = JsonDocument.Parse(run.Out);
        var requests = document.RootElement.GetProperty("requests");
        Assert.Equal(0, requests.GetProperty("lost").GetInt32());
        Assert.All(["cloudBefore", "edge", "cloudAfter"], who => Assert.True(requests.GetProperty(who).GetInt32() > 0, who));
        Assert.True(document.RootElement.GetProperty("clean").GetBoolean());
        var proofs = document.RootElement.GetProperty("proofs").EnumerateArray().ToArray();
        Assert.All(proofs, p => Assert.True(p.GetProperty("holds").GetBoolean(), p.ToString()));
        AssertTheIssuesList([.. proofs.Select(p => p.GetProperty("text").GetString()!)]);
        AssertNothingIsLeftOf(NameIn(run.Err));
    }

    [RealEdgeFact]
    public async Task Killed_in_the_middle_its_parts_end_by_themselves_and_the_next_run_removes_the_rest_also_when_it_is_interrupted()
    {
        using var folder = new TempFolder();
        string killed;
        await using (var demo = ManoProcess.Start(folder, "demo", "--real", "--once"))
        {
            await demo.WaitFor("by address: cloud → edge");
            killed = NameIn(demo.Out);
            demo.Kill();
            await demo.WaitForExit();
        }

        await Eventually.Is(() => new EdgeNetwork(killed).Processes().Count == 0, "MEO, MEPM, platform and the application end when the demo does");
        Assert.True(File.Exists(Path.Combine(EdgeRun.Records, killed)));
        await using var next = ManoProcess.Start(folder, "demo", "--real", "--once");
        await next.WaitFor($"{killed} had not ended by itself");
        AssertNothingIsLeftOf(killed);
        await next.WaitFor("by address: cloud");
        next.Interrupt();
        Assert.Equal(130, await next.WaitForExit());
        Assert.DoesNotContain("   at ", next.Err, StringComparison.Ordinal);
        AssertNothingIsLeftOf(NameIn(next.Out));
    }

    [Fact]
    public async Task Without_nft_one_sentence_says_what_is_missing_and_that_the_other_demo_works()
    {
        using var folder = new TempFolder();
        foreach (var program in new[] { "ip", "conntrack", "nsenter", "setsid", "unshare" })
        {
            File.WriteAllText(folder.File(program), "");
        }

        var run = await CommandRun.Of(["demo", "--real"], path: folder.FullPath);
        Assert.Equal(ExitCode.Incapable, run.Exit);
        Assert.Contains("nft (apt-get install nftables)", run.Err, StringComparison.Ordinal);
        Assert.Contains("'mano demo' shows the same without it", run.Err, StringComparison.Ordinal);
        Assert.Single(run.Err.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task With_another_VIM_it_says_that_it_has_none()
    {
        var run = await CommandRun.Of(["demo", "--real", "--vim", "simulated"]);
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("leave --vim out", run.Err, StringComparison.Ordinal);
    }

    private static void AssertTheIssuesList(string[] proofs)
    {
        string[] wanted =
        [
            "203.0.113.66 answers", "the monitor gets no copy", "FORWARD: the same address and name are served by the application", "DROP:", "DUPLICATE:",
            "roadside.example leads to 203.0.113.20: the cloud's own DNS", "roadside.example leads to 203.0.113.10: the site's DNS",
            "no request was answered by an instance that was gone", "no request was lost", "its namespaces, processes and files are removed",
        ];
        Assert.All(wanted, start => Assert.Contains(proofs, p => p.StartsWith(start, StringComparison.Ordinal)));
    }

    /// <summary>"mano-demo-1234", of which the namespaces are named.</summary>
    private static string NameIn(string output) => Name().Match(output).Groups[1].Value;

    private static void AssertNothingIsLeftOf(string name)
    {
        Assert.NotEqual("", name);
        var network = new EdgeNetwork(name);
        Assert.Equal([], EdgePlan.Parts.Where(p => network[p].Exists));
        Assert.False(File.Exists(Path.Combine(EdgeRun.Records, name)), "its record");
        var mark = $"{name}-";
        Assert.Equal([], Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), CultureInfo.InvariantCulture, out _) && CommandLine(p).Contains(mark, StringComparison.Ordinal)));
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return ""; // ended meanwhile
        }
    }

    [GeneratedRegex("(mano-demo-[0-9]+)-gw")]
    private static partial Regex Name();
}

/// <summary>A test of the edge in network namespaces; skipped, with the sentence that the demo would say, where that is not possible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealEdgeFactAttribute : FactAttribute
{
    private static readonly string? Missing = EdgeRequirements.WhatIsMissing(Surroundings.OfThisProcess())?.Message;

    public RealEdgeFactAttribute() => Skip = Missing!;
}
