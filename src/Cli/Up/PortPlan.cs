using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Mano.Cli.Up;

/// <summary>
/// The ports of an all-in-one: ten for each part, counted from a base, so that a person finds them by heart. The MEO has
/// base and base+1; site number n has base+10n (MEPM gRPC, HTTP), +2 (platform gRPC), +3 (Mp1), +4 (DNS), +5 (gateway).
/// </summary>
internal sealed record PortPlan(int Base, IReadOnlyList<string> Sites)
{
    public const int DefaultBase = 7400;

    public static readonly IReadOnlyList<string> SiteIds = ["edge-a", "edge-b"];

    public int Last => Base + (10 * Sites.Count) + 5;

    public static PortPlan From(int basePort) => new(basePort, SiteIds);

    public static Option<int> Flag()
    {
        var option = new Option<int>("--port") { Description = "first of the ports, 1024 to 65500; 0 takes any free ones", HelpName = "BASE", DefaultValueFactory = _ => DefaultBase };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out var port) || port is not 0 and (< 1024 or > 65500)))
            {
                result.AddError($"--port: '{text}' is not a port to begin at; 1024 to 65500 are right, or 0 for any free ones.");
            }
        });
        return option;
    }

    public IPEndPoint MeoGrpc => At(0);

    public IPEndPoint MeoHttp => At(1);

    public SitePorts Site(int index)
    {
        var first = 10 * (index + 1);
        return new SitePorts(At(first), At(first + 1), At(first + 2), At(first + 3), At(first + 4), At(first + 5));
    }

    /// <summary>Every port with what it is for.</summary>
    public IEnumerable<(int Port, string What)> All()
    {
        yield return (MeoGrpc.Port, "gRPC of the MEO");
        yield return (MeoHttp.Port, "HTTP of the MEO");
        for (var i = 0; i < Sites.Count; i++)
        {
            var site = Site(i);
            yield return (site.MepmGrpc.Port, $"gRPC of {Sites[i]}'s MEPM");
            yield return (site.MepmHttp.Port, $"HTTP of {Sites[i]}'s MEPM");
            yield return (site.PlatformGrpc.Port, $"gRPC of {Sites[i]}'s platform");
            yield return (site.Mp1.Port, $"Mp1 of {Sites[i]}'s platform");
            yield return (site.Dns.Port, $"DNS of {Sites[i]}");
            yield return (site.Gateway.Port, $"gateway of {Sites[i]}");
        }
    }

    /// <summary>Those that another program holds at this moment.</summary>
    public IReadOnlyList<(int Port, string What)> Busy() => Base == 0 ? [] : [.. All().Where(p => !IsFree(p.Port, p.What.StartsWith("DNS", StringComparison.Ordinal)))];

    private static bool IsFree(int port, bool udpToo)
    {
        try
        {
            // As servers do it: a port whose last connections are still closing is free to listen on.
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, port));
            tcp.Listen();
            using var udp = udpToo ? new UdpClient(new IPEndPoint(IPAddress.Loopback, port)) : null;
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private IPEndPoint At(int offset) => new(IPAddress.Loopback, Base == 0 ? 0 : Base + offset);
}

/// <summary>The ports of one site.</summary>
internal sealed record SitePorts(IPEndPoint MepmGrpc, IPEndPoint MepmHttp, IPEndPoint PlatformGrpc, IPEndPoint Mp1, IPEndPoint Dns, IPEndPoint Gateway);
