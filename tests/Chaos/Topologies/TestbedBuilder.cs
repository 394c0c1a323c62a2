using System.Globalization;
using System.Net;
using Mano.Chaos.Links;
using Mano.Chaos.Processes;
using Mano.Testing;

namespace Mano.Chaos.Topologies;

/// <summary>Lays out ports, links and command lines of a testbed.</summary>
internal sealed class TestbedBuilder(Testbed testbed, TopologyPlan plan, int seed)
{
    private static readonly string[] Knobs = ["--heartbeat", "500ms", "--suspect-after", "2s", "--lost-after", "6s"];

    private IPEndPoint? redis;
    private IPEndPoint? consul;

    public void Build()
    {
        Directory.CreateDirectory(Path.Combine(testbed.Folder, "logs"));
        if (plan.Redis)
        {
            redis = AddRedis();
        }

        if (plan.Consul)
        {
            consul = AddConsul();
        }

        var meos = Enumerable.Range(1, plan.Meos).Select(i => AddMeo($"meo-{i}")).ToList();
        for (var i = 0; i < plan.Sites; i++)
        {
            AddSite($"edge-{(char)('a' + i)}", i, meos);
        }
    }

    private IPEndPoint AddRedis()
    {
        var address = Free();
        var folder = MakeFolder("redis");
        testbed.Add(Daemons.Foreign(
            "redis", address, "redis-server", "--port", Port(address), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
            "--appendfsync", "always", "--save", "", "--daemonize", "no", "--logfile", Path.Combine(testbed.Folder, "logs", "redis-server.log")));
        return address;
    }

    private IPEndPoint AddConsul()
    {
        var address = Free();
        testbed.Add(Daemons.Foreign(
            "consul", address, ConsulBinary.Path, "agent", "-dev", "-bind=127.0.0.1", "-client=127.0.0.1", "-node=chaos",
            $"-http-port={Port(address)}", $"-grpc-port={Port(Free())}", $"-dns-port={Port(Free())}", $"-server-port={Port(Free())}",
            $"-serf-lan-port={Port(Free())}", "-serf-wan-port=-1", "-hcl=disable_update_check = true", "-hcl=enable_script_checks = false"));
        return address;
    }

    private (string Name, IPEndPoint Address) AddMeo(string name)
    {
        var (grpc, http) = (Free(), Free());
        List<string> arguments = ["--data", MakeFolder(name), "--grpc", grpc.ToString(), "--http", http.ToString(), "--durability", "process", .. Knobs];
        if (redis is not null)
        {
            var toRedis = testbed.AddLink($"{name}>redis", redis);
            var advertised = testbed.AddLink($"meo>{name}", grpc);
            arguments.AddRange([
                "--store", $"redis://{toRedis.Address}/?prefix=mano", "--replica", name, "--advertise", Url(advertised),
                "--lease-time", $"{plan.Lease.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s", "--packages", MakeFolder("packages")]);
        }

        AddConsulFlags(name, arguments);
        var node = testbed.Add(Daemons.Ours(name, testbed.Assembly("Meo"), _ => arguments));
        testbed.Meos.Add(new(node, $"http://{grpc}", testbed.AddLink($"client>{name}", grpc)));
        return (name, grpc);
    }

    private void AddSite(string site, int number, IReadOnlyList<(string Name, IPEndPoint Address)> meos)
    {
        var (platform, dns, gateway, mepm) = (Free(), Free(), Free(), Free());
        var platformNode = AddPlatform(site, platform, dns, gateway);
        var toPlatform = testbed.AddLink($"{site}>platform", platform);
        var toMepm = testbed.AddLink($"meo>{site}", mepm);
        var toMeos = meos.Select(m => Url(testbed.AddLink($"{site}>{m.Name}", m.Address))).ToList();
        var vim = MakeFolder(site + "-vim");
        List<string> arguments = [
            "--site", site, "--data", MakeFolder(site + "-mepm"), "--grpc", mepm.ToString(), "--http", Free().ToString(),
            "--meo", string.Join(',', toMeos), "--advertise", Url(toMepm), "--resync", "2s"];
        AddConsulFlags(site, arguments);
        var host = $"id={site}-1,zone={site},vim=Simulated,platform={Url(toPlatform)},latency={2 + number}ms,vim.Folder={vim},vim.CompactAfter=0,"
            + $"vim.MilliCpu={plan.MilliCpuOfHost},vim.MemoryMib=65536,vim.AddressRange=127.{90 + number}.{1 + (Environment.ProcessId % 200)}.0/24,"
            + "vim.BootTime=00:00:00.3,vim.DeleteTime=00:00:00.15,vim.FaultRate=0.02,vim.LostReplyRate=0.03,vim.BootFailureRate=0.05,vim.BootTimeSpread=00:00:00.4,vim.Seed=";
        var node = testbed.Add(Daemons.Ours(
            site + "-mepm", testbed.Assembly("Mepm"), start => [.. arguments, "--host", host + Invariant((seed * 31) + (number * 7) + start)]));
        testbed.Sites.Add(new(site, site + "-1", node, platformNode)
        {
            MepmGrpc = $"http://{mepm}", PlatformGrpc = $"http://{platform}", Dns = dns, Gateway = gateway, VimFolder = vim, MilliCpu = plan.MilliCpuOfHost,
        });
    }

    private Node AddPlatform(string site, IPEndPoint grpc, IPEndPoint dns, IPEndPoint gateway)
    {
        List<string> arguments = [
            "--platform-id", site + "-1", "--data", MakeFolder(site + "-platform"), "--grpc", grpc.ToString(), "--http", Free().ToString(),
            "--dns", dns.ToString(), "--gateway", gateway.ToString(), "--dns-zone", "edge.example"];
        AddConsulFlags(site, arguments);
        return testbed.Add(Daemons.Ours(site + "-platform", testbed.Assembly("MecPlatform"), _ => arguments));
    }

    private void AddConsulFlags(string who, List<string> arguments)
    {
        if (consul is not null)
        {
            arguments.AddRange(["--consul", Url(testbed.Links.FirstOrDefault(l => l.Name == $"{who}>consul") ?? testbed.AddLink($"{who}>consul", consul))]);
        }
    }

    private string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(testbed.Folder, name)).FullName;

    private static IPEndPoint Free() => new(IPAddress.Loopback, DaemonProcess.FreePort());

    private static string Port(IPEndPoint address) => Invariant(address.Port);

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Url(TcpLink link) => link.Url.ToString().TrimEnd('/');
}
