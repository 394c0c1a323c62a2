using System.Text.Json;
using Mano.Cli.Demo;
using Mano.Cli.Terminal;

namespace Mano.Cli.Tests;

/// <summary>Every verb against a real system that really runs the samples.</summary>
public sealed class VerbTests(RunningAllInOne system) : IClassFixture<RunningAllInOne>
{
    [Fact]
    public async Task An_instance_lives_by_verbs_from_create_to_delete_and_leaves_no_process()
    {
        await system.Done("instance", "create", "hello-edge", "--name", "life");
        var started = await system.Done("instance", "instantiate", "life");
        Assert.Contains("● RulesActive", started.Out, StringComparison.Ordinal);
        Assert.Contains("COMPLETED", started.Out, StringComparison.Ordinal);
        Assert.Contains("life runs on edge-a-1 at 127.", started.Out, StringComparison.Ordinal);

        Assert.Contains("hello-web", (await system.Done("instance", "show", "life")).Out, StringComparison.Ordinal);
        await Mano.Testing.Eventually.Is(async () => (await system.Done("instance", "log", "life")).Out.Contains("is ready", StringComparison.Ordinal), "its log says that it is ready");
        await system.Done("instance", "stop", "life", "--graceful", "2s");
        Assert.Contains("STOPPED", (await system.Done("instance", "list")).Out, StringComparison.Ordinal);
        await system.Done("instance", "start", "life");
        var id = await IdOf("life");
        Assert.NotEmpty(MachineTraces.ProcessesOf(id));

        await system.Done("instance", "terminate", id[..20], "--graceful", "2s");
        Assert.Empty(MachineTraces.ProcessesOf(id));
        await system.Done("instance", "delete", "life");
        Assert.Equal(ExitCode.NotFound, (await system.Mano("instance", "show", id)).Exit);
    }

    [Fact]
    public async Task A_refusal_in_the_present_state_exits_4_and_says_what_would_be_right()
    {
        await system.Done("instance", "create", "quiet-echo", "--name", "refused");
        var terminate = await system.Mano("instance", "terminate", "refused");
        Assert.Equal(ExitCode.Refused, terminate.Exit);
        Assert.Contains("NOT_INSTANTIATED", terminate.Err, StringComparison.Ordinal);

        var package = await system.Mano("package", "delete", "quiet-echo", "--output", "json");
        Assert.Equal(ExitCode.Refused, package.Exit);
        using var document = JsonDocument.Parse(package.Out);
        Assert.False(document.RootElement.GetProperty("failure").GetProperty("retryable").GetBoolean());
        await system.Done("instance", "delete", "refused");
    }

    [Fact]
    public async Task When_no_host_is_right_every_host_is_shown_with_its_reason()
    {
        await system.Done("instance", "create", "quiet-echo", "--name", "nowhere");
        var run = await system.Mano("instance", "instantiate", "nowhere", "--max-latency", "1ms");
        Assert.Equal(ExitCode.Refused, run.Exit);
        Assert.Matches("edge-a-1 +edge-a +LATENCY_TOO_HIGH: needs 1 ms, offers 5 ms", run.Err);
        Assert.Contains("2 LATENCY_TOO_HIGH", run.Err, StringComparison.Ordinal);
        var explained = await system.Mano("placement", "explain", "quiet-echo", "--max-latency", "1ms");
        Assert.Equal(ExitCode.Failed, explained.Exit);
        await system.Done("instance", "delete", "nowhere");
    }

    [Fact]
    public async Task A_host_in_maintenance_is_avoided_until_it_may_be_chosen_again()
    {
        await system.Done("host", "maintenance", "on", "edge-a-1");
        var without = (await system.Done("placement", "explain", "quiet-echo")).Out;
        Assert.Matches("✗ +edge-a-1 +edge-a +MAINTENANCE", without);
        await system.Done("host", "maintenance", "off", "edge-a-1");
        Assert.Matches("✓ +edge-a-1", (await system.Done("placement", "explain", "quiet-echo")).Out);
    }

    [Fact]
    public async Task A_refused_package_shows_every_fault_and_leaves_nothing_in_the_catalogue()
    {
        File.WriteAllText(system.Folder.File("broken.yaml"), "appDId: 5\nappName: [a]\n");
        var run = await system.Mano("package", "onboard", "broken.yaml");
        Assert.Equal(ExitCode.Refused, run.Exit);
        Assert.True(run.Err.Split('\n').Count(l => l.StartsWith("  error", StringComparison.Ordinal)) > 1, run.Err);
        using var list = JsonDocument.Parse((await system.Done("package", "list", "--output", "json")).Out);
        Assert.Equal(2, list.RootElement.GetProperty("appPackages").GetArrayLength());
    }

    [Fact]
    public async Task The_same_idempotency_key_has_one_effect_and_another_request_with_it_is_refused()
    {
        var first = await system.Done("instance", "create", "quiet-echo", "--name", "once", "--idempotency-key", "order-1", "--output", "json");
        var again = await system.Done("instance", "create", "quiet-echo", "--name", "once", "--idempotency-key", "order-1", "--output", "json");
        Assert.Equal(Property(first.Out, "appInstanceId"), Property(again.Out, "appInstanceId"));
        var other = await system.Mano("instance", "create", "quiet-echo", "--name", "other", "--idempotency-key", "order-1");
        Assert.Equal(ExitCode.Refused, other.Exit);
        await system.Done("instance", "delete", "once");
    }

    [Fact]
    public async Task Without_waiting_the_operation_is_named_and_can_be_watched_to_its_end()
    {
        await system.Done("instance", "create", "quiet-echo", "--name", "later");
        var accepted = await system.Done("instance", "instantiate", "later", "--no-wait", "--output", "json");
        var operation = Property(accepted.Out, "operationId");
        var watched = await system.Done("operation", "watch", operation, "--output", "json");
        Assert.Equal("STATE_COMPLETED", Property(watched.Out, "state"));
        Assert.Contains("✓ ready", watched.Err, StringComparison.Ordinal);

        var cancelled = await system.Mano("operation", "cancel", operation);
        Assert.Equal(ExitCode.Refused, cancelled.Exit);
        Assert.Contains(operation[..8], (await system.Done("operation", "list", "--instance", "later")).Out, StringComparison.Ordinal);
        Assert.Contains("placement:", (await system.Done("operation", "show", operation)).Out, StringComparison.Ordinal);
        await system.Done("instance", "terminate", "later");
        await system.Done("instance", "delete", "later");
    }

    [Theory]
    [InlineData("package list", "appPackages")]
    [InlineData("instance list", "appInstances")]
    [InlineData("operation list", "operations")]
    [InlineData("site list", "sites")]
    [InlineData("site show edge-a", "siteId")]
    [InlineData("package show hello-edge", "appDId")]
    [InlineData("package show hello-edge --descriptor", "appName")]
    [InlineData("placement explain hello-edge", "candidates")]
    public async Task Json_is_one_document_with_the_names_of_the_contract(string line, string property)
    {
        var run = await system.Done([.. line.Split(' '), "--output", "json"]);
        using var document = JsonDocument.Parse(run.Out);
        Assert.True(document.RootElement.TryGetProperty(property, out _), run.Out);
        Assert.Equal("", run.Err);
    }

    [Theory]
    [InlineData("instance show nobody", "There is no instance 'nobody'")]
    [InlineData("instance create nothing", "There is no package 'nothing'; there are: hello-edge (")]
    [InlineData("site show edge-z", "There is no site 'edge-z'; there are: Edge site A (edge-a)")]
    [InlineData("host maintenance on edge-z-1", "There is no host 'edge-z-1'")]
    [InlineData("operation show 01234567-0123-7123-8123-0123456789ab", "01234567-0123-7123-8123-0123456789ab")]
    public async Task What_does_not_exist_exits_3_and_the_sentence_lists_what_does(string line, string sentence)
    {
        var run = await system.Mano(line.Split(' '));
        Assert.Equal(ExitCode.NotFound, run.Exit);
        Assert.Contains(sentence, run.Err, StringComparison.Ordinal);
    }

    private async Task<string> IdOf(string name) => Property((await system.Done("instance", "show", name, "--output", "json")).Out, "appInstanceId");

    private static string Property(string json, string name)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty(name).GetString()!;
    }
}
