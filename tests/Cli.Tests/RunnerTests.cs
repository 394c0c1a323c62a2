using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>What <c>./mano test</c> makes of results: its last line is what others read.</summary>
public sealed class RunnerTests
{
    [Fact]
    public async Task The_last_line_sums_what_every_project_says_and_skips_have_their_reasons()
    {
        using var folder = new TempFolder();
        Write(folder, "A.Tests", exit: 0, total: 5, executed: 4, passed: 4, failed: 0,
            """
            <UnitTestResult testName="Reads_real_input" outcome="NotExecuted">
              <Output><ErrorInfo><Message>needs the shared folder &amp; more</Message></ErrorInfo></Output>
            </UnitTestResult>
            """);
        Write(folder, "B.Tests", exit: 0, total: 2, executed: 2, passed: 2, failed: 0);
        var (code, lines) = await Report(folder, "A.Tests", "B.Tests");
        Assert.Equal(0, code);
        Assert.Equal("6 passed, 0 failed, 1 skipped", lines[^1]);
        Assert.Contains("SKIPPED Reads_real_input: needs the shared folder & more", lines);
    }

    [Fact]
    public async Task A_failed_test_is_shown_with_its_message_and_the_run_fails()
    {
        using var folder = new TempFolder();
        Write(folder, "A.Tests", exit: 1, total: 2, executed: 2, passed: 1, failed: 1,
            """
            <UnitTestResult testName="Adds" outcome="Failed">
              <Output><ErrorInfo><Message>Assert.Equal() Failure
            Expected: 2</Message><StackTrace>at X() in /x/Adds.cs:line 12</StackTrace></ErrorInfo></Output>
            </UnitTestResult>
            """);
        var (code, lines) = await Report(folder, "A.Tests");
        Assert.NotEqual(0, code);
        Assert.Equal("1 passed, 1 failed", lines[^1]);
        Assert.Contains("FAILED  Adds", lines);
        Assert.Contains("          Assert.Equal() Failure | Expected: 2", lines);
        Assert.Contains("          at /x/Adds.cs:line 12", lines);
    }

    [Fact]
    public async Task A_project_whose_host_died_counts_as_a_failure_and_so_does_a_run_without_tests()
    {
        using var folder = new TempFolder();
        Write(folder, "A.Tests", exit: 0, total: 1, executed: 1, passed: 1, failed: 0);
        File.WriteAllText(folder.File("B.Tests.exit"), "1\n");
        File.WriteAllText(folder.File("B.Tests.log"), "The active test run was aborted.\n");
        var (code, lines) = await Report(folder, "A.Tests", "B.Tests");
        Assert.NotEqual(0, code);
        Assert.Equal("1 passed, 1 failed", lines[^1]);

        File.WriteAllText(folder.File("C.Tests.exit"), "0\n");
        var (empty, last) = await Report(folder, "C.Tests");
        Assert.NotEqual(0, empty);
        Assert.Equal("0 passed, 0 failed", last[^1]);
    }

    [Fact]
    public async Task A_process_that_a_test_left_running_is_found_by_its_mark()
    {
        await using var left = ChildProcess.Start("/bin/sleep", ["60"], new Dictionary<string, string> { ["MANO_TEST_RUN"] = "mark-of-this-test" });
        await using var other = ChildProcess.Start("/bin/sleep", ["60"], new Dictionary<string, string> { ["MANO_TEST_RUN"] = "another-mark" });
        var (_, lines) = await Bash("MANO_TEST_RUN=mark-of-this-test; . tests/report; marked_processes");
        Assert.StartsWith($"{left.Id} /bin/sleep 60", Assert.Single(lines), StringComparison.Ordinal);
    }

    private static Task<(int Code, string[] Lines)> Report(TempFolder folder, params string[] projects) =>
        Bash($"results={folder.FullPath}; started=0; other_failures=(); . tests/report; report {string.Join(' ', projects)}");

    private static async Task<(int Code, string[] Lines)> Bash(string script)
    {
        await using var bash = ChildProcess.Start("bash", ["-uc", $"cd '{Repository.Folder}'; {script}"]);
        var code = await bash.WaitForExit();
        return (code, [.. bash.Output]);
    }

    private static void Write(TempFolder folder, string name, int exit, int total, int executed, int passed, int failed, string results = "")
    {
        File.WriteAllText(folder.File($"{name}.exit"), $"{exit}\n");
        File.WriteAllText(folder.File($"{name}.log"), "");
        File.WriteAllText(folder.File($"{name}.trx"), $"""
            <TestRun>
            <Results>
            {results}
            </Results>
            <ResultSummary><Counters total="{total}" executed="{executed}" passed="{passed}" failed="{failed}" error="0" timeout="0" aborted="0" /></ResultSummary>
            </TestRun>
            """);
    }
}
