using Mano.Cli.Terminal;

namespace Mano.Cli.Tests;

/// <summary><c>mano vim</c> and <c>mano host</c> against a system that runs.</summary>
public sealed class VimVerbTests(RunningAllInOne system) : IClassFixture<RunningAllInOne>
{
    private const string Canary = "127.96.0.0/16";

    [Fact]
    public async Task A_VIM_and_a_host_on_it_are_added_used_listed_and_removed()
    {
        File.WriteAllText(system.Folder.File("secret"), Canary + "\n");
        var add = await system.Done("vim", "add", "lab", "--adapter", "Simulated", "--set", "BootTime=00:00:00.1", "--secret", $"AddressRange=@{system.Folder.File("secret")}", "--site", "edge-a");
        Assert.Contains("next: mano host add", add.Out, StringComparison.Ordinal);
        Assert.Contains("CHECK", add.Out, StringComparison.Ordinal);
        var platform = system.Addresses.Sites[0].Platform;
        await system.Done("host", "add", "lab-1", "--vim", "lab", "--zone", "lab", "--platform", platform, "--mepm", system.Addresses.Sites[0].Mepm);

        var shown = await Until(() => system.Done("site", "show", "edge-a"), run => run.Out.Contains("lab-1", StringComparison.Ordinal));
        Assert.Contains("lab, 0 ms", shown.Out, StringComparison.Ordinal);
        var list = await Until(() => system.Done("vim", "list", "--site", "edge-a"), run => run.Out.Contains("CONNECTED", StringComparison.Ordinal));
        Assert.Contains("1 set", list.Out, StringComparison.Ordinal);
        Assert.Contains("host/edge-a-1", list.Out, StringComparison.Ordinal);
        var one = await system.Done("vim", "show", "lab", "--site", "edge-a");
        Assert.Contains("set, secret", one.Out, StringComparison.Ordinal);
        Assert.All(new[] { add, list, one, shown, await system.Done("vim", "list", "--site", "edge-a", "--output", "json") }, run => Assert.DoesNotContain(Canary, run.ToString(), StringComparison.Ordinal));

        var inUse = await system.Mano("vim", "remove", "lab", "--site", "edge-a");
        Assert.Equal(ExitCode.Refused, inUse.Exit);
        Assert.Contains("lab-1", inUse.Err, StringComparison.Ordinal);
        await system.Done("vim", "update", "lab", "--set", "MilliCpu=5000", "--site", "edge-a");
        await system.Done("host", "remove", "lab-1", "--site", "edge-a");
        await system.Done("vim", "remove", "lab", "--site", "edge-a");
        Assert.Equal(ExitCode.NotFound, (await system.Mano("vim", "remove", "lab", "--site", "edge-a")).Exit);
        await Until(() => system.Done("site", "show", "edge-a"), run => !run.Out.Contains("lab-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_test_says_what_is_missing_and_what_to_do_and_keeps_nothing()
    {
        var test = await system.Mano("vim", "test", "--adapter", "Remote", "--set", "Address=http://127.0.0.1:1", "--site", "edge-b");

        Assert.Equal(ExitCode.Failed, test.Exit);
        Assert.Contains("FAILED", test.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Remote", (await system.Done("vim", "list", "--site", "edge-b")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_on_the_command_line_is_refused_and_not_repeated()
    {
        var run = await system.Mano("vim", "add", "x", "--adapter", "Simulated", "--secret", $"AddressRange={Canary}", "--site", "edge-a");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.DoesNotContain(Canary, run.ToString(), StringComparison.Ordinal);
        Assert.Contains("AddressRange=@FILE", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_not_sent_over_the_network_without_TLS()
    {
        File.WriteAllText(system.Folder.File("other"), Canary);

        var run = await system.Mano("vim", "add", "x", "--adapter", "Simulated", "--secret", $"AddressRange=@{system.Folder.File("other")}", "--mepm", "http://192.0.2.1:7411");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("--tls", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Adapters_are_listed_with_what_they_take()
    {
        var all = await system.Done("vim", "adapters", "--site", "edge-a");
        Assert.Contains("LocalProcess", all.Out, StringComparison.Ordinal);
        var one = await system.Done("vim", "adapters", "simulated", "--site", "edge-a");
        Assert.Contains("From acceptance to RUNNING.", one.Out, StringComparison.Ordinal);
        Assert.Contains("00:00:00.2", one.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_sites_ask_for_the_one_that_is_meant()
    {
        var run = await system.Mano("vim", "list");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("edge-a, edge-b", run.Err, StringComparison.Ordinal);
    }

    /// <summary>A VIM that cannot take an application says why, the operation ends with that, and nothing is left.</summary>
    [Theory]
    [InlineData("BootFailureRate=1", "could not start the application")]
    [InlineData("Script:0=EnsureCompute:NoCapacity", "has no room for EnsureCompute")]
    public async Task What_a_VIM_says_against_an_application_is_what_its_operation_ends_with(string setting, string reason)
    {
        var name = $"bad-{setting.Length}";
        await system.Done("vim", "add", name, "--adapter", "Simulated", "--set", setting, "--site", "edge-b");
        await system.Done("host", "add", $"{name}-1", "--vim", name, "--zone", name, "--platform", system.Addresses.Sites[1].Platform, "--site", "edge-b");
        await Until(() => system.Mano("placement", "explain", "quiet-echo", "--zone", name), run => run.Code == 0);
        await system.Done("instance", "create", "quiet-echo", "--name", name);

        var run = await system.Mano("instance", "instantiate", name, "--zone", name);

        Assert.Equal(ExitCode.Failed, run.Exit);
        var operations = await system.Done("operation", "list", "--instance", name, "--output", "json");
        Assert.Contains(reason, operations.Out, StringComparison.Ordinal);
        Assert.Contains(reason, run.ToString(), StringComparison.Ordinal);
        Assert.Contains("NOT_INSTANTIATED", (await system.Done("instance", "show", name)).Out, StringComparison.Ordinal);
        // Nothing is left: the host can be taken away again.
        await system.Done("host", "remove", $"{name}-1", "--site", "edge-b");
        await system.Done("vim", "remove", name, "--site", "edge-b");
        await system.Done("instance", "delete", name);
    }

    private static async Task<CommandRun> Until(Func<Task<CommandRun>> run, Func<CommandRun, bool> right)
    {
        CommandRun? last = null;
        await Mano.Testing.Eventually.Is(async () => right(last = await run()), $"it is so; last: {last}");
        return last!;
    }
}
