using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// The namespaces of one edge, named after the demo that made them; nothing of it touches the machine's own network.
/// Sockets of this process are made inside the parts, so one process can be user, cloud and monitor.
/// </summary>
internal sealed class EdgeNetwork(string name)
{
    /// <summary>What users and the internet must not reach: the operator's network. The platform's own table is another.</summary>
    private const string Guard = """
        add table inet mano_demo_guard
        add chain inet mano_demo_guard forward { type filter hook forward priority -10; }
        add rule inet mano_demo_guard forward iifname "ops" drop
        add rule inet mano_demo_guard forward oifname "ops" drop
        add chain inet mano_demo_guard input { type filter hook input priority -10; }
        add rule inet mano_demo_guard input iifname { "ue", "net" } ip daddr { 10.70.0.1, 10.60.0.1 } drop

        """;

    public string NameOf(string part) => $"{name}-{part}";

    public NetworkNamespace this[string part] => new(NameOf(part));

    /// <exception cref="FailureException">Incapable: the kernel or the container around us refused something; what was made is still there.</exception>
    public void Build()
    {
        MachineTool.Run(Lines(EdgePlan.Parts.Select(p => $"netns add {NameOf(p)}")), "ip", "-batch", "-");
        MachineTool.Run(Lines(EdgePlan.Lines.Select(l => $"link add eth0 netns {NameOf(l.Part)} type veth peer name {l.Part} netns {NameOf(EdgePlan.Gateway)}")), "ip", "-batch", "-");
        foreach (var (part, address, gateway, _) in EdgePlan.Lines)
        {
            Configure(part, ["link set lo up", $"addr add {address}/24 dev eth0", "link set eth0 up", $"route add default via {gateway}"]);
        }

        Configure(EdgePlan.Internet, EdgePlan.CloudAddresses.Select(a => $"addr add {a}/32 dev lo"));
        Configure(EdgePlan.Monitor, [$"addr add {EdgePlan.Watched}/32 dev lo"]);
        Configure(EdgePlan.Site, [$"route add local {EdgePlan.Applications} dev lo"]);
        Configure(EdgePlan.Gateway,
        [
            "link set lo up",
            .. EdgePlan.Lines.SelectMany(l => new[] { $"addr add {l.GatewayAddress}/24 dev {l.Part}", $"link set {l.Part} up" }),
            "route add 203.0.113.0/24 via 198.51.100.2",
        ]);
        Forward();
        MachineTool.Run(Guard, "nsenter", $"--net={this[EdgePlan.Gateway].Path}", "nft", "-f", "-");
    }

    /// <summary>A TCP socket that listens in a part.</summary>
    public Socket Listen(string part, IPEndPoint at) => this[part].Inside(() =>
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(at);
        socket.Listen(256);
        return socket;
    });

    /// <summary>A TCP socket of a part, not connected yet.</summary>
    public Socket Tcp(string part) => this[part].Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    /// <summary>A UDP socket of a part; without an address any port will do.</summary>
    public UdpClient Udp(string part, IPEndPoint? at = null) => this[part].Inside(() => new UdpClient(at ?? new IPEndPoint(IPAddress.Any, 0)));

    /// <summary>The processes in its namespaces.</summary>
    public IReadOnlyList<int> Processes() =>
    [
        .. EdgePlan.Parts.Where(p => this[p].Exists)
            .SelectMany(p => MachineTool.TryRun("", "ip", "netns", "pids", NameOf(p)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            .Select(pid => int.Parse(pid, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Takes it away; the lines, routes, and rules go with the namespaces. Says what is still there.</summary>
    public IReadOnlyList<string> Remove()
    {
        foreach (var part in EdgePlan.Parts.Where(p => this[p].Exists))
        {
            MachineTool.TryRun("", "ip", "netns", "del", NameOf(part));
        }

        return [.. EdgePlan.Parts.Where(p => this[p].Exists).Select(NameOf)];
    }

    private void Forward()
    {
        try
        {
            this[EdgePlan.Gateway].Inside(() =>
            {
                File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
                return true;
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw EdgeRequirements.Incapable($"forwarding cannot be switched on in a namespace: {e.Message}").ToException();
        }
    }

    private void Configure(string part, IEnumerable<string> commands) => MachineTool.Run(Lines(commands), "ip", "-n", NameOf(part), "-batch", "-");

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
