using System.Text.Json;
using Mano.Cli.Terminal;

namespace Mano.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("instanc list", "'instanc' is not a verb of 'mano'. Did you mean 'instance'?")]
    [InlineData("instance shwo x", "'shwo' is not a verb of 'mano instance'. Did you mean 'show'?")]
    [InlineData("instance show", "Required argument missing")]
    [InlineData("site list --output yaml", "--output: 'yaml' is not a format; write table or json.")]
    [InlineData("site list --meo nowhere", "--meo: 'nowhere' is not a URL; write http://")]
    [InlineData("instance instantiate x --max-latency soon", "--max-latency: 'soon' is not a time; write 250ms, 5s, 2m or 1h.")]
    [InlineData("up --port 80", "--port: '80' is not a port to begin at; 1024 to 65500 are right")]
    [InlineData("demo --vim local-containers", "--vim: 'local-containers' is not one of them; write local-process or simulated.")]
    [InlineData("up --vim kubernetes", "--vim: 'kubernetes' is not one of them; write local-process, local-containers or simulated.")]
    [InlineData("package list --idempotency-key ü", "--idempotency-key: 1 to 100 printable ASCII characters are right.")]
    [InlineData("package onboard /no/such/file --meo http://127.0.0.1:1", "There is no file '/no/such/file'.")]
    [InlineData("package build /no/such/folder", "There is no folder '/no/such/folder'")]
    [InlineData("package validate /tmp", "'/tmp' is a folder; 'mano package build /tmp' makes a package of it.")]
    public async Task A_wrong_command_line_is_a_sentence_and_exit_code_2(string line, string sentence)
    {
        var run = await CommandRun.Of(line.Split(' '));
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(sentence, run.Err, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Err, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
    }

    [Fact]
    public async Task Without_any_MEO_the_sentence_says_how_to_start_or_name_one()
    {
        var run = await CommandRun.Of(["site", "list"]);
        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("'mano up'", run.Err, StringComparison.Ordinal);
        Assert.Contains("--meo", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_MEO_that_is_not_there_is_named_with_its_address()
    {
        var run = await CommandRun.Of(["site", "list"], meo: "127.0.0.1:1");
        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("The MEO at http://127.0.0.1:1 cannot be reached (Connection refused", run.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("site list --output json --nonsense", "USAGE")]
    [InlineData("site list --output=json", "NO_MEO")]
    public async Task With_json_a_failure_is_one_document_on_standard_output(string line, string reason)
    {
        var run = await CommandRun.Of(line.Split(' '));
        using var document = JsonDocument.Parse(run.Out);
        var failure = document.RootElement.GetProperty("failure");
        Assert.Equal(reason, failure.GetProperty("reason").GetString());
        Assert.NotEmpty(failure.GetProperty("message").GetString()!);
        Assert.NotEqual("", run.Err);
    }

    [Fact]
    public async Task Help_names_every_noun_and_the_exit_codes_topic_lists_them()
    {
        var help = await CommandRun.Of([]);
        Assert.Equal(ExitCode.Done, help.Exit);
        Assert.All(new[] { "up", "demo", "package", "instance", "operation", "site", "doctor" }, noun => Assert.Contains(noun, help.Out, StringComparison.Ordinal));
        var codes = await CommandRun.Of(["help", "exit-codes"]);
        Assert.Contains("130", codes.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_says_what_runs_as_text_and_as_json()
    {
        Assert.StartsWith("mano ", (await CommandRun.Of(["version"])).Out, StringComparison.Ordinal);
        using var document = JsonDocument.Parse((await CommandRun.Of(["version", "--output", "json"])).Out);
        Assert.StartsWith(".NET 10", document.RootElement.GetProperty("runtime").GetString(), StringComparison.Ordinal);
    }
}
