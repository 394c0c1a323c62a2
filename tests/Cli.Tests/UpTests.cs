using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Mano.Cli.Terminal;
using Mano.Cli.Up;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary><c>mano up</c> as the process that a person starts and ends.</summary>
public sealed class UpTests
{
    [Fact]
    public async Task Other_commands_find_it_by_themselves_and_its_state_outlives_it()
    {
        using var folder = new TempFolder();
        await using (var up = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state")))
        {
            await up.WaitFor("ready in");
            var sites = await ManoProcess.Run(folder, "site", "list");
            Assert.True(sites.Code == 0, sites.ToString());
            Assert.Equal(2, sites.Out.Split('\n').Count(l => l.Contains("ALIVE", StringComparison.Ordinal)));
            await ManoProcess.Run(folder, "package", "build", Path.Combine(Repository.Folder, "samples", "quiet-echo", "package"), "-o", folder.File("q.csar"));
            var onboarded = await ManoProcess.Run(folder, "package", "onboard", folder.File("q.csar"));
            Assert.True(onboarded.Code == 0, onboarded.ToString());

            up.Interrupt();
            Assert.Equal(0, await up.WaitForExit());
            Assert.DoesNotContain("   at ", up.Err, StringComparison.Ordinal);
        }

        Assert.Equal(ExitCode.Unreachable, (await ManoProcess.Run(folder, "site", "list")).Exit);
        await using var again = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state"));
        await again.WaitFor("ready in");
        Assert.Contains("quiet-echo", (await ManoProcess.Run(folder, "package", "list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_says_its_addresses_in_one_document()
    {
        using var folder = new TempFolder();
        await using var up = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state"), "--output", "json");
        await up.WaitFor("\n}");
        using var document = JsonDocument.Parse(up.Out);
        Assert.StartsWith("http://127.0.0.1:", document.RootElement.GetProperty("meo").GetProperty("grpc").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("socks5://", document.RootElement.GetProperty("sites")[1].GetProperty("gateway").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_one_on_the_same_folder_is_refused_and_says_who_has_it()
    {
        using var folder = new TempFolder();
        await using var up = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state"));
        await up.WaitFor("ready in");
        var second = await ManoProcess.Run(folder, "up", "--port", "0", "--data", folder.File("state"));
        Assert.Equal(ExitCode.Usage, second.Exit);
        Assert.Contains("A system already runs on the state folder", second.Err, StringComparison.Ordinal);
        Assert.Contains("--data", second.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_kill_the_folder_is_free_again_and_the_dead_one_is_not_found()
    {
        using var folder = new TempFolder();
        await using (var up = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state")))
        {
            await up.WaitFor("ready in");
            up.Kill();
            await up.WaitForExit();
        }

        Assert.Equal(ExitCode.Unreachable, (await ManoProcess.Run(folder, "site", "list")).Exit);
        await using var again = ManoProcess.Start(folder, "up", "--port", "0", "--vim", "simulated", "--data", folder.File("state"));
        await again.WaitFor("ready in");
    }

    [Fact]
    public async Task A_port_in_use_is_named_with_what_it_is_for_and_nothing_starts()
    {
        using var folder = new TempFolder();
        var taken = DaemonProcess.FreePort();
        var basePort = taken - 13;
        using var other = new TcpListener(IPAddress.Loopback, taken);
        other.Start();
        var run = await ManoProcess.Run(folder, "up", "--port", $"{basePort}", "--data", folder.File("state"));
        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains($"{basePort + 13} (Mp1 of edge-a's platform)", run.Err, StringComparison.Ordinal);
        Assert.Contains($"mano up --port {basePort + 1000}", run.Err, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("state")));
    }

    [Fact]
    public void No_two_parts_are_given_the_same_port()
    {
        var ports = PortPlan.From(7400).All().Select(p => p.Port).ToArray();
        Assert.Equal(ports.Length, ports.Distinct().Count());
        Assert.Equal(7425, ports.Max());
    }
}
