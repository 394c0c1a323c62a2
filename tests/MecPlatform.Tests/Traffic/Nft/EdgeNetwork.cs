using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mano.MecPlatform.Tests.Traffic.Nft;

/// <summary>
/// An edge in network namespaces of its own: a device, the gateway, the application's site, a monitor, and the internet
/// with any number of cloud addresses. Nothing of it touches the machine's own network.
/// </summary>
internal sealed class EdgeNetwork : IDisposable
{
    public const string Ue = "10.45.0.2";
    public const string Ue6 = "fd45::2";
    public const string App = "10.60.0.10";
    public const string App6 = "fd60::10";
    public const string Monitor = "10.61.0.10";
    public const string Cloud = "203.0.113.10";
    public const string OtherCloud = "203.0.113.20";
    public const string Cloud6 = "2001:db8::10";

    private static int networks;
    private readonly string name = $"mt{Environment.ProcessId}x{Interlocked.Increment(ref networks)}";
    private readonly List<string> namespaces = [];

    public EdgeNetwork()
    {
        foreach (var part in new[] { "gw", "ue", "app", "mon", "net" })
        {
            Add(part);
        }

        Link("ue", Ue, "10.45.0.1", Ue6, "fd45::1");
        Link("app", App, "10.60.0.1", App6, "fd60::1");
        Link("mon", Monitor, "10.61.0.1", "fd61::10", "fd61::1");
        Link("net", "198.51.100.2", "198.51.100.1", "2001:db8:ff::2", "2001:db8:ff::1");
        foreach (var cloud in new[] { "203.0.113.0/24", "2001:db8::/64" })
        {
            Ip("-n", Namespace("gw"), "route", "add", cloud, "via", cloud.Contains(':', StringComparison.Ordinal) ? "2001:db8:ff::2" : "198.51.100.2");
            Ip("-n", Namespace("net"), "addr", "add", cloud.Contains(':', StringComparison.Ordinal) ? Cloud6 + "/128" : Cloud + "/32", "dev", "lo");
        }

        Ip("-n", Namespace("net"), "addr", "add", OtherCloud + "/32", "dev", "lo");
        Inside("gw", () =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            File.WriteAllText("/proc/sys/net/ipv6/conf/all/forwarding", "1");
            return 0;
        });
    }

    public string Gateway => Namespace("gw");

    public string Namespace(string part) => $"{name}{part}";

    /// <summary>Listens in a part of the network; each connection is answered with the text and closed.</summary>
    public Answering Serve(string part, IPAddress address, int port, string text) => new(
        Inside(part, () =>
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(256);
            return socket;
        }),
        text);

    /// <summary>A TCP connection from a part of the network.</summary>
    public async Task<Socket> Connect(string part, string address, int port, TimeSpan patience)
    {
        var socket = Inside(part, () => new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        using var late = new CancellationTokenSource(patience);
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port, late.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What answers a new connection, or "nobody". Who expects an answer waits as long as a loaded machine may need;
    /// who expects none says for how long to listen.
    /// </summary>
    public async Task<string> Ask(string address, int port = 80, string from = "ue", int seconds = 30)
    {
        try
        {
            using var socket = await Connect(from, address, port, TimeSpan.FromSeconds(seconds));
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
            return await Line(socket, late.Token);
        }
        catch (Exception none) when (none is SocketException or OperationCanceledException)
        {
            return "nobody";
        }
    }

    /// <summary>Sends one line and reads one.</summary>
    public static async Task<string> Line(Socket socket, CancellationToken cancel)
    {
        await socket.SendAsync("?\n"u8.ToArray(), cancel);
        var buffer = new byte[256];
        var length = await socket.ReceiveAsync(buffer, cancel);
        return length == 0 ? "closed" : System.Text.Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\n');
    }

    /// <summary>A UDP socket in a part of the network.</summary>
    public Socket Udp(string part, string address, int port) => Inside(part, () =>
    {
        var socket = new Socket(IPAddress.Parse(address).AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    });

    /// <summary>A network behind one interface of the gateway, with a bridge between its parts: 10.62.0.0/24 and fd62::/64, the gateway being .1.</summary>
    public void AddShared(params (string Part, int Host)[] parts)
    {
        var gateway = Namespace("gw");
        Ip("-n", gateway, "link", "add", "shared", "type", "bridge");
        Ip("-n", gateway, "addr", "add", "10.62.0.1/24", "dev", "shared");
        Ip("-n", gateway, "addr", "add", "fd62::1/64", "dev", "shared", "nodad");
        Ip("-n", gateway, "link", "set", "shared", "up");
        Inside("gw", () =>
        {
            // What stays within the network is a switch's affair: the gateway must not see it.
            foreach (var family in new[] { "iptables", "ip6tables" }.Select(f => "/proc/sys/net/bridge/bridge-nf-call-" + f).Where(File.Exists))
            {
                File.WriteAllText(family, "0");
            }

            return 0;
        });
        foreach (var (part, host) in parts)
        {
            Add(part);
            Ip("link", "add", "eth0", "netns", Namespace(part), "type", "veth", "peer", "name", part, "netns", gateway);
            Ip("-n", gateway, "link", "set", part, "master", "shared", "up");
            Address(part, $"10.62.0.{host}", "10.62.0.1", $"fd62::{host}", "fd62::1");
        }
    }

    /// <summary>Another address of the internet's.</summary>
    public void AddCloud(string address) => Ip("-n", Namespace("net"), "addr", "add", address, "dev", "lo");

    /// <summary>Bytes that an interface of a part has received.</summary>
    public long Received(string part, string device = "eth0") => Inside(part, () =>
        File.ReadLines("/proc/thread-self/net/dev").Where(l => l.TrimStart().StartsWith(device + ":", StringComparison.Ordinal))
            .Select(l => long.Parse(l.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], System.Globalization.CultureInfo.InvariantCulture)).Single());

    /// <summary>Runs ip in a part of the network and gives what it printed.</summary>
    public string IpIn(string part, params string[] arguments) => Ip(["-n", Namespace(part), .. arguments]);

    /// <summary>Does something on a thread of its own that has entered the namespace; a socket made there stays there.</summary>
    public T Inside<T>(string part, Func<T> work)
    {
        T? result = default;
        Exception? wrong = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle("/run/netns/" + Namespace(part));
                if (Setns((int)file.DangerousGetHandle(), 0x40000000) != 0)
                {
                    throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                result = work();
            }
#pragma warning disable CA1031 // thrown again where the caller waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                wrong = e;
            }
        });
        thread.Start();
        thread.Join();
        return wrong is null ? result! : throw new IOException(wrong.Message, wrong);
    }

    public void Dispose()
    {
        foreach (var made in namespaces)
        {
            Ip("netns", "del", made);
        }
    }

    private void Link(string part, string address, string gateway, string address6, string gateway6)
    {
        var there = Namespace("gw");
        Ip("link", "add", "eth0", "netns", Namespace(part), "type", "veth", "peer", "name", part, "netns", there);
        Ip("-n", there, "addr", "add", gateway + "/24", "dev", part);
        Ip("-n", there, "addr", "add", gateway6 + "/64", "dev", part, "nodad");
        Ip("-n", there, "link", "set", part, "up");
        Address(part, address, gateway, address6, gateway6);
    }

    private void Address(string part, string address, string gateway, string address6, string gateway6)
    {
        var here = Namespace(part);
        Ip("-n", here, "addr", "add", address + "/24", "dev", "eth0");
        Ip("-n", here, "addr", "add", address6 + "/64", "dev", "eth0", "nodad");
        Ip("-n", here, "link", "set", "eth0", "up");
        Ip("-n", here, "route", "add", "default", "via", gateway);
        Ip("-n", here, "route", "add", "default", "via", gateway6);
    }

    private void Add(string part)
    {
        Ip("netns", "add", Namespace(part));
        namespaces.Add(Namespace(part));
        Ip("-n", Namespace(part), "link", "set", "lo", "up");
    }

    private static string Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {errors}");
        return output.Result;
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Setns(int descriptor, int type);
}

/// <summary>Answers every line of every connection with its text, until disposed.</summary>
internal sealed class Answering : IDisposable
{
    private readonly Socket listener;
    private readonly byte[] answer;
    private int connections;

    public Answering(Socket listener, string text)
    {
        this.listener = listener;
        answer = System.Text.Encoding.UTF8.GetBytes(text + "\n");
        _ = Accept();
    }

    public int Connections => Volatile.Read(ref connections);

    public void Dispose() => listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                Interlocked.Increment(ref connections);
                _ = Talk(client);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private async Task Talk(Socket client)
    {
        using (client)
        {
            var buffer = new byte[256];
            try
            {
                while (await client.ReceiveAsync(buffer) > 0)
                {
                    await client.SendAsync(answer);
                }
            }
            catch (SocketException)
            {
                // gone
            }
        }
    }
}

/// <summary>A test in network namespaces; skipped, with the reason, where that is not possible.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EdgeNetworkFactAttribute : FactAttribute
{
    public EdgeNetworkFactAttribute()
    {
        var missing = new[] { "nft", "conntrack", "ip", "nsenter" }.Where(p => !"/usr/sbin:/usr/bin:/sbin:/bin".Split(':').Any(f => File.Exists(Path.Combine(f, p)))).ToList();
        Skip = Environment.UserName != "root" ? "needs root, to make network namespaces"
            : missing.Count > 0 ? $"needs {string.Join(", ", missing)}, which is not installed: run tests/install" : null!;
    }
}
