using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Traffic;

namespace Mano.Bench.Gateway;

/// <summary>A device, a gateway that forwards, and a server, in network namespaces of their own.</summary>
internal sealed class BenchEdge : IDisposable
{
    public const string Server = "10.2.0.2";
    public const string ServersGateway = "10.2.0.1";
    public const int Port = 5000;

    private static readonly string[] Needed = ["nft", "conntrack", "ip", "nsenter"];
    private static int edges;
    private readonly string name = $"mb{Environment.ProcessId}x{Interlocked.Increment(ref edges)}";
    private readonly List<string> namespaces = [];

    public BenchEdge()
    {
        foreach (var part in new[] { "gw", "ue", "srv" })
        {
            Ip("netns", "add", Name(part));
            namespaces.Add(Name(part));
            Ip("-n", Name(part), "link", "set", "lo", "up");
        }

        Link("ue", "10.1.0");
        Link("srv", "10.2.0");
        new GatewayNamespace(Name("gw")).Inside(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            return 0;
        });
    }

    /// <summary>Why such an edge cannot be made here; null: it can.</summary>
    public static string? WhyNot()
    {
        var missing = Needed.Where(p => !"/usr/sbin:/usr/bin:/sbin:/bin".Split(':').Any(f => File.Exists(Path.Combine(f, p)))).ToList();
        return Environment.UserName != "root" ? "root" : missing.Count > 0 ? string.Join(", ", missing) : null;
    }

    public string Name(string part) => name + part;

    public Socket Listen() => Inside("srv", () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, Port));
        socket.Listen(512);
        return socket;
    });

    /// <summary>The server has the address, and answers the device through a tunnel's device.</summary>
    public void Unpack(string address, string device)
    {
        Ip("-n", Name("srv"), "addr", "add", address + "/32", "dev", "lo");
        Ip("-n", Name("srv"), "route", "add", "10.1.0.0/24", "dev", device, "src", address);
    }

    /// <summary>Sockets of the device.</summary>
    public Socket[] Sockets(int count) => Inside("ue", () =>
        Enumerable.Range(0, count).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(true, 0) }).ToArray());

    public void Dispose() => namespaces.ForEach(n => Ip("netns", "del", n));

    private T Inside<T>(string part, Func<T> work) => new GatewayNamespace(Name(part)).Inside(work);

    private void Link(string part, string network)
    {
        Ip("link", "add", "eth0", "netns", Name(part), "type", "veth", "peer", "name", part, "netns", Name("gw"));
        Ip("-n", Name(part), "addr", "add", $"{network}.2/24", "dev", "eth0");
        Ip("-n", Name("gw"), "addr", "add", $"{network}.1/24", "dev", part);
        Ip("-n", Name(part), "link", "set", "eth0", "up");
        Ip("-n", Name("gw"), "link", "set", part, "up");
        Ip("-n", Name(part), "route", "add", "default", "via", $"{network}.1");
    }

    private static void Ip(params string[] arguments)
    {
        using var process = Process.Start("ip", arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed");
        }
    }
}
