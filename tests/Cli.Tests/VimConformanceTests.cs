using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Testing;
using Mano.VimAdapters.Conformance;

namespace Mano.Cli.Tests;

/// <summary><c>mano vim conformance</c>, <c>serve</c> and <c>contract</c>, as whoever writes an adapter uses them.</summary>
public sealed class VimConformanceTests
{
    [Fact]
    public async Task An_adapter_that_ships_is_checked_line_by_line_and_passes()
    {
        var run = await CommandRun.Of(["vim", "conformance", "--adapter", "Simulated", "--set", "BootTime=00:00:00.005", "--only", "keys.*", "--only", "groups.*"]);
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        Assert.Matches(@"EnsureCompute repeated with the same number gives the same compute +pass", run.Out);
        Assert.Matches(@"Groups without the capability are UNIMPLEMENTED +skipped\s+does not apply: Affinity is claimed", run.Out);
        Assert.Matches(@"\d+ passed, 0 failed, 1 skipped, in ", run.Out);
    }

    [Fact]
    public async Task A_broken_adapter_is_told_what_was_asked_what_came_and_what_the_contract_says_where()
    {
        // A VIM that never boots anything: no compute reaches RUNNING.
        var run = await CommandRun.Of(["vim", "conformance", "--adapter", "Simulated", "--set", "BootFailureRate=1", "--only", "running.says-when", "--patience", "30s"]);
        Assert.True(run.Exit == ExitCode.Failed, run.ToString());
        Assert.Matches(@"FAIL", run.Out);
        Assert.Matches(@"asked  GetCompute mano-kit-a-", run.Out);
        Assert.Matches(@"came   .*the guest did not boot", run.Out);
        Assert.Matches(@"right  RUNNING within", run.Out);
        Assert.Matches(@"rule   compute\.proto:\d+: ""When it was last started", run.Out);
        Assert.Contains("FAIL running.says-when", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_holds_every_result_with_its_rules()
    {
        var run = await CommandRun.Of(["vim", "conformance", "--adapter", "Simulated", "--set", "BootTime=00:00:00.005", "--only", "numbers.below-one", "--json"]);
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        var document = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(1, document.GetProperty("passed").GetInt32());
        var result = document.GetProperty("results")[0];
        Assert.Equal("numbers.below-one", result.GetProperty("check").GetProperty("name").GetString());
        Assert.StartsWith("vim.proto:", result.GetProperty("check").GetProperty("rules")[0].GetProperty("place").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_names_every_check_and_runs_none()
    {
        var run = await CommandRun.Of(["vim", "conformance", "--list"]);
        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.All(VimConformance.Checks, c => Assert.Contains(c.Name, run.Out, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Name one adapter")]
    [InlineData("Name one adapter", "http://127.0.0.1:1", "--adapter", "Simulated")]
    [InlineData("is not the address of an adapter", "localhost:7431")]
    [InlineData("no check has nonsense", "--adapter", "Simulated", "--only", "nonsense")]
    [InlineData("--image needs --format", "--adapter", "Simulated", "--image", "/bin/sh")]
    [InlineData("is not a setting", "--adapter", "Simulated", "--set", "BootTime")]
    [InlineData("Known are", "--adapter", "Simulated", "--set", "BootTim=1")]
    [InlineData("There is no VIM adapter 'Nova'", "--adapter", "Nova")]
    public async Task What_is_asked_wrongly_is_said_in_a_sentence(string sentence, params string[] args)
    {
        var run = await CommandRun.Of(["vim", "conformance", .. args]);
        Assert.NotEqual(ExitCode.Done, run.Exit);
        Assert.Contains(sentence, run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_where_nothing_answers_is_unreachable()
    {
        var run = await CommandRun.Of(["vim", "conformance", "http://127.0.0.1:1", "--patience", "2s"]);
        Assert.True(run.Exit is ExitCode.Unreachable or ExitCode.TimedOut, run.ToString());
    }

    [Fact]
    public async Task The_contract_is_written_as_files_to_generate_from()
    {
        using var folder = new TempFolder();
        var run = await CommandRun.Of(["vim", "contract", folder.File("protos")]);
        Assert.True(run.Exit == ExitCode.Done, run.ToString());
        Assert.Contains("service VimAdapterService", await File.ReadAllTextAsync(folder.File("protos/mano/vim/v1/vim.proto")), StringComparison.Ordinal);
        Assert.True(File.Exists(folder.File("protos/mano/common/v1/failure.proto")));
    }
}
