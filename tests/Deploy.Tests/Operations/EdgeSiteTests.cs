using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests.Operations;

/// <summary>docs/how-to/install-an-edge-site.md with deploy/edge and deploy/systemd/edge: what the page says fits together, and its network is made for real.</summary>
public sealed class EdgeSiteTests : IDisposable
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "how-to", "install-an-edge-site.md"));
    private static readonly string Script = Path.Combine(Repository.Folder, "deploy", "edge", "mano-edge-network");
    private static int sites;

    private readonly TempFolder folder = new();
    private readonly string name = $"mts{Environment.ProcessId}x{Interlocked.Increment(ref sites)}";

    [Theory]
    [InlineData("platform", "systemd/edge/platform.conf")]
    [InlineData("mepm", "systemd/mano-mepm.service")]
    public void The_settings_on_the_page_are_accepted_by_the_program(string program, string unit)
    {
        var start = File.ReadLines(Path.Combine(Repository.Folder, "deploy", unit)).Last(l => l.StartsWith("ExecStart=/", StringComparison.Ordinal)).Split(' ');
        var documented = Regex.Match(Page, $"# /etc/mano/{program}\\.env\\nARGS=\"([^\"]+)\"").Groups[1].Value.Split(' ');
        Assert.True(documented.Length > 1, $"the page has no ARGS for {program}");
        Assert.Equal("$ARGS", start[^1]);
        Assert.Equal("", Programs.Refusal(Path.GetFileNameWithoutExtension(start[1])["Mano.".Length..], [.. start[2..^1], .. documented]));
    }

    [Fact]
    public void Every_file_that_the_page_installs_is_in_the_repository_and_goes_where_it_is_looked_for()
    {
        var named = Regex.Matches(Page, @"(?<![\w/])(?:deploy|src)/[\w./-]+").Select(m => m.Value).Distinct().ToArray();
        Assert.Contains("deploy/edge/mano-edge-network", named);
        Assert.Equal([], named.Where(f => !File.Exists(Path.Combine(Repository.Folder, f))));
        var units = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "deploy", "systemd"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));
        Assert.Contains("ExecStart=/opt/mano/edge/mano-edge-network up", units, StringComparison.Ordinal);
        Assert.Contains("-t /opt/mano/edge deploy/edge/mano-edge-network", Page, StringComparison.Ordinal);
        foreach (var address in new[] { "10.70.0.1:7413", "10.60.0.128/25", "vim.NetworkNamespace=edge-site" })
        {
            Assert.Contains(address, Page, StringComparison.Ordinal);
        }

        var settings = File.ReadAllText(Script) + File.ReadAllText(Path.Combine(Repository.Folder, "deploy", "edge", "edge.env"));
        Assert.Equal(2, settings.Split("10.60.0.128/25").Length - 1);
    }

    [EdgeSiteFact]
    public void The_network_comes_up_twice_alike_keeps_users_from_the_management_line_and_gives_interfaces_back()
    {
        var machine = Namespace("machine");
        var user = Namespace("user");
        Must("ip", "link", "add", "eth1", "netns", machine, "type", "veth", "peer", "name", "eth0", "netns", user);
        Must("ip", "-n", user, "addr", "add", "10.45.0.2/24", "dev", "eth0");
        Must("ip", "-n", user, "link", "set", "eth0", "up");
        Must("ip", "-n", user, "route", "add", "default", "via", "10.45.0.1");
        File.WriteAllText(folder.File("edge.env"), $"GATEWAY={name}gw\nSITE={name}site\nUSER_INTERFACE=eth1\n");

        Edge(machine, "up");
        Edge(machine, "up");
        var status = Edge(machine, "status");
        Assert.Contains("10.45.0.1/24", status, StringComparison.Ordinal);
        Assert.Contains("10.70.0.2/30", status, StringComparison.Ordinal);
        Assert.True(Answers(machine, "10.70.0.1"), "the machine reaches the gateway");
        Assert.True(Answers(user, "10.45.0.1"), "a user reaches the gateway");
        Assert.True(Answers(user, "10.60.0.129"), "a user reaches an application's address through the gateway");
        Assert.False(Answers(user, "10.70.0.2"), "a user does not reach the machine");
        Assert.False(Answers(user, "10.70.0.1"), "a user does not reach the management line");
        Assert.False(Answers(user, "10.60.0.1"), "a user does not reach Mp1");

        Edge(machine, "down");
        Assert.Contains("eth1", Must("ip", "-n", machine, "-brief", "link"), StringComparison.Ordinal);
        Assert.DoesNotContain("edge-mgmt", Must("ip", "-n", machine, "-brief", "link"), StringComparison.Ordinal);
        Assert.False(File.Exists($"/run/netns/{name}gw"));
    }

    public void Dispose()
    {
        foreach (var part in new[] { "gw", "site", "machine", "user" })
        {
            if (File.Exists($"/run/netns/{name}{part}"))
            {
                Must("ip", "netns", "del", name + part);
            }
        }

        folder.Dispose();
    }

    private string Namespace(string part)
    {
        Must("ip", "netns", "add", name + part);
        Must("ip", "-n", name + part, "link", "set", "lo", "up");
        return name + part;
    }

    private string Edge(string machine, string verb) => Must("nsenter", $"--net=/run/netns/{machine}", "env", $"MANO_EDGE_ENV={folder.File("edge.env")}", Script, verb);

    private static bool Answers(string from, string address) =>
        Shell.Run("nsenter", $"--net=/run/netns/{from}", "timeout", "5", "bash", "-c", $"exec 3<>/dev/tcp/{address}/9").Errors.Contains("Connection refused", StringComparison.Ordinal);

    private static string Must(string program, params string[] arguments)
    {
        var (code, output, errors) = Shell.Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {errors}");
        return output;
    }
}

/// <summary>A test that makes network namespaces; skipped, with the reason, where that is not possible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EdgeSiteFactAttribute : FactAttribute
{
    public EdgeSiteFactAttribute()
    {
        var missing = new[] { "nft", "ip", "nsenter" }.Where(p => !"/usr/sbin:/usr/bin:/sbin:/bin".Split(':').Any(f => File.Exists(Path.Combine(f, p)))).ToList();
        Skip = Environment.UserName != "root" ? "needs root, to make network namespaces"
            : missing.Count > 0 ? $"needs {string.Join(", ", missing)}, which is not installed: run tests/install" : null!;
    }
}
