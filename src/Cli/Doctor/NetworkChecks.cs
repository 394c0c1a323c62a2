using System.Net;
using System.Net.Sockets;
using Mano.Cli.Connection;
using Mano.Cli.Demo.RealEdge;
using Mano.Cli.Terminal;
using Mano.Cli.Up;

namespace Mano.Cli.Doctor;

/// <summary>Addresses, ports, and the tools that people try things with.</summary>
internal static class NetworkChecks
{
    /// <summary>An address that nobody set up: the whole of 127/8 belongs to the machine on Linux.</summary>
    private static readonly IPAddress AnyApplication = IPAddress.Parse("127.77.255.254");

    public static Finding LoopbackAddresses()
    {
        try
        {
            using var listener = new TcpListener(AnyApplication, 0);
            listener.Start();
            return Finding.Ok("loopback", "applications can have addresses of their own (127.77.x.y)");
        }
        catch (SocketException e)
        {
            return Finding.Fail(
                "loopback", $"{AnyApplication} cannot be listened on: {e.Message}",
                "Every application on this machine has an address of its own in 127/8.", "Bring the loopback interface up with all of 127.0.0.1/8: ip addr show lo");
        }
    }

    public static Finding Ports(int basePort, RunningSystem? running)
    {
        var plan = PortPlan.From(basePort);
        var busy = plan.Busy();
        if (busy.Count == 0)
        {
            return Finding.Ok("ports", basePort == 0 ? "any free ones" : $"{basePort} to {plan.Last} are free");
        }

        return running is not null
            ? Finding.Ok("ports", $"in use by the 'mano up' that runs (process {running.ProcessId}, {running.Meo.Grpc})")
            : Finding.Warn(
                "ports", string.Join(", ", busy.Select(b => $"{b.Port} ({b.What})")) + " in use by other programs",
                "'mano up' would refuse to start on them; 'mano demo' takes free ones.", $"Start with others: mano up --port {basePort + 1000}");
    }

    /// <summary>Whether traffic rules can be enforced by the kernel, in a network namespace of a gateway.</summary>
    public static Finding Packets(Surroundings surroundings)
    {
        var (programs, packages) = EdgeRequirements.MissingPrograms(surroundings);
        const string meaning = "'mano demo --real' and '--data-plane nft' cannot run here; the userspace gateway, 'mano demo' and 'mano up' can.";
        if (programs.Count > 0)
        {
            return Finding.Warn("packets", $"{string.Join(", ", programs)} not found", meaning, $"apt-get install {string.Join(' ', packages)}");
        }

        return !Environment.IsPrivilegedProcess ? Finding.Warn("packets", "only root may make network namespaces", meaning, "Run it as root.")
            : EdgeRequirements.WhyNoPacketFilter() is { } why ? Finding.Warn("packets", $"refused: {why}", meaning, "Run on a machine, or in a container, that allows network namespaces and nf_tables.")
            : Finding.Ok("packets", "network namespaces with a packet filter of their own, as root");
    }

    public static Finding Tool(string name, string use, string package)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return path is not null
            ? Finding.Ok(name, path)
            : Finding.Warn(name, "not found", $"Only needed for {use}; mano itself does not use it.", $"apt-get install {package}");
    }
}
