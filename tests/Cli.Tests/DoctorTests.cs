using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mano.Cli.Doctor;
using Mano.Cli.Terminal;
using Mano.Testing;

namespace Mano.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public async Task Every_finding_has_a_verdict_and_a_bad_one_says_what_it_means_and_how_to_mend_it()
    {
        using var folder = new TempFolder();
        var run = await CommandRun.Of(["doctor", "--port", "0", "--output", "json"], folder.FullPath);
        using var document = JsonDocument.Parse(run.Out);
        var findings = document.RootElement.GetProperty("findings").EnumerateArray().ToArray();
        Assert.Superset(
            new HashSet<string> { ".NET", "disk", "loopback", "ports", "namespaces", "cgroups", "packets", "curl", "dig", "time" },
            findings.Select(f => f.GetProperty("what").GetString()!).ToHashSet());
        foreach (var bad in findings.Where(f => f.GetProperty("verdict").GetString() != "ok"))
        {
            Assert.NotEqual("", bad.GetProperty("meaning").GetString());
        }

        Assert.Equal(document.RootElement.GetProperty("verdict").GetString() == "fail" ? 1 : 0, run.Code);
    }

    [Fact]
    public async Task Its_table_ends_with_what_to_do()
    {
        var run = await CommandRun.Of(["doctor", "--port", "0"]);
        Assert.Contains("ok    .NET", run.Out, StringComparison.Ordinal);
        Assert.Matches("All is well|mano works here|Mend what failed", run.Out);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_fails_with_the_way_out()
    {
        var finding = MachineChecks.Disk("/proc/mano");
        Assert.Equal(Verdict.Fail, finding.Verdict);
        Assert.Contains("--data", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_clock_before_the_program_was_built_fails() =>
        Assert.Equal(Verdict.Fail, MachineChecks.Time(new ManualClock(new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero))).Verdict);

    [Fact]
    public void A_busy_port_warns_with_its_use_and_another_base()
    {
        var basePort = DaemonProcess.FreePort();
        using var other = new TcpListener(IPAddress.Loopback, basePort);
        other.Start();
        var finding = NetworkChecks.Ports(basePort, running: null);
        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains($"{basePort} (gRPC of the MEO)", finding.Seen, StringComparison.Ordinal);
        Assert.Contains($"--port {basePort + 1000}", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tool_that_is_missing_warns_with_its_package()
    {
        var finding = NetworkChecks.Tool("mano-no-such-tool", "nothing", "some-package");
        Assert.Equal(Verdict.Warn, finding.Verdict);
        Assert.Contains("some-package", finding.Mend, StringComparison.Ordinal);
    }
}
