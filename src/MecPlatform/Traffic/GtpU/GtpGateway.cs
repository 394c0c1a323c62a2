using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>
/// The gateway's GTP-U tunnels: a TUN device each, to which the kernel routes by mark, and this process between the devices
/// and the peers. Nothing runs as long as no rule has a tunnel.
/// </summary>
internal sealed class GtpGateway(GatewayNamespace gateway, ILogger<GtpGateway> log) : IDisposable
{
    /// <summary>Each is a rule that the kernel asks for every packet.</summary>
    public const int MostTunnels = 64;

    private const int PathMtu = 1500;
    private const int Overhead4 = 20 + 8 + GtpMessage.HeaderLength;
    private const int Overhead6 = 40 + 8 + GtpMessage.HeaderLength;

    private readonly Lock changing = new();
    private readonly GtpLinks links = new(gateway);
    private readonly GtpCounters counters = new();
    private readonly Dictionary<int, Open> open = [];
    private readonly Dictionary<IPAddress, GtpEndpoint> endpoints = [];
    private PollLoop? uplink;
    private PollLoop? downlink;
    private long told;
    private bool disposed;

    /// <summary>Whether the kernel may have tunnels that are not ours: from before this start, or a removal did not succeed.</summary>
    private bool leftovers = true;

    public GtpCounters Counters => counters;

    /// <summary>Makes these tunnels, before packets are led to them. Those that exist stay as they are.</summary>
    /// <exception cref="FailureException">They cannot be: too many, two that cannot be told apart, an address that is not the gateway's.</exception>
    public void Ensure(IReadOnlyCollection<NumberedTunnel> wanted)
    {
        lock (changing)
        {
            var fresh = wanted.Where(w => !open.ContainsKey(w.Number)).ToList();
            if (fresh.Count == 0 || disposed)
            {
                return;
            }

            Check([.. open.Values.Select(o => o.Numbered), .. fresh]);
            try
            {
                fresh.ForEach(one => open[one.Number] = gateway.Inside(() => Make(one)));
                Serve();
                var found = links.Found();
                Mend([.. fresh.SelectMany(w => GtpLinks.PartsOf(w.Number)).Where(p => !found.Contains(p))]);
            }
            catch
            {
                var made = fresh.Where(w => open.ContainsKey(w.Number)).Select(w => open[w.Number]).ToList();
                fresh.ForEach(w => open.Remove(w.Number));
                Serve();
                made.ForEach(m => m.Device.Dispose());
                leftovers = true;
                throw;
            }
        }
    }

    /// <summary>Removes all but these tunnels, after nothing leads to the others any more.</summary>
    public void Retain(IReadOnlyCollection<NumberedTunnel> wanted)
    {
        lock (changing)
        {
            var numbers = wanted.Select(w => w.Number).ToHashSet();
            var gone = open.Where(o => !numbers.Contains(o.Key)).ToList();
            if (gone.Count > 0)
            {
                gone.ForEach(g => open.Remove(g.Key));
                Serve();
                gone.ForEach(g => g.Value.Device.Dispose());
                leftovers = true;
            }

            if (leftovers)
            {
                RemoveSurplus(links.Found());
            }
        }
    }

    /// <summary>Compares the kernel with the open tunnels, mends what differs, and says it; null: nothing does.</summary>
    public string? Compare()
    {
        lock (changing)
        {
            TellLosses();
            if (open.Count == 0 && !leftovers)
            {
                return null;
            }

            var found = links.Found();
            RemoveSurplus(found);
            var missing = open.Keys.SelectMany(GtpLinks.PartsOf).Where(p => !found.Contains(p)).ToList();
            if (missing.Count == 0)
            {
                return null;
            }

            Mend(missing);
            return $"of tunnel {open[missing[0].Number].Numbered.Tunnel.Key} the {missing[0].Part} is missing";
        }
    }

    public void Dispose()
    {
        lock (changing)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            uplink?.Dispose();
            downlink?.Dispose();
            foreach (var one in open.Values)
            {
                one.Device.Dispose(); // the device stays, and so do the flows through it
            }

            foreach (var endpoint in endpoints.Values)
            {
                endpoint.Dispose();
            }
        }
    }

    private static void Check(IReadOnlyCollection<NumberedTunnel> wanted)
    {
        if (wanted.Count > MostTunnels)
        {
            throw Failure.NoCapacity("TOO_MANY_TUNNELS", $"{wanted.Count} GTP-U tunnels were asked of this gateway; {MostTunnels} are the most.").ToException();
        }

        if (wanted.GroupBy(w => (w.Tunnel.Local, w.Tunnel.Peer, w.Tunnel.LocalTeid)).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Failure.AlreadyExists(
                "TUNNEL_TAKEN", $"Two GTP-U tunnels with {twice.Key.Peer} have the identifier {twice.Key.LocalTeid} at {twice.Key.Local}: what comes could not be told apart. Give one another localTeid.").ToException();
        }
    }

    private Open Make(NumberedTunnel numbered)
    {
        if (!endpoints.TryGetValue(numbered.Tunnel.Local, out var endpoint))
        {
            try
            {
                endpoints[numbered.Tunnel.Local] = endpoint = new(numbered.Tunnel.Local, counters);
            }
            catch (SocketException refused)
            {
                throw new IOException($"UDP {new IPEndPoint(numbered.Tunnel.Local, GtpTunnel.Port)}, the tunnelSrcAddress of a rule, cannot be used: {refused.Message}", refused);
            }
        }

        var device = TunDevice.Open(numbered.Device);
        LetIn(numbered.Device);
        return new(numbered, device, new(numbered.Tunnel, device.Descriptor, endpoint.Descriptor, counters));
    }

    /// <summary>A user's address comes in by the tunnel's device, and the plain table may lead to it elsewhere: the strict reverse path filter would drop it.</summary>
    private static void LetIn(string device)
    {
        const string Filter = "/proc/sys/net/ipv4/conf/{0}/rp_filter";
        var all = File.ReadAllText(string.Format(System.Globalization.CultureInfo.InvariantCulture, Filter, "all")).Trim();
        File.WriteAllText(string.Format(System.Globalization.CultureInfo.InvariantCulture, Filter, device), all == "0" ? "0" : "2");
    }

    /// <summary>Gives the two threads what is open now, and closes the endpoints at which no tunnel ends any more.</summary>
    private void Serve()
    {
        foreach (var (local, endpoint) in endpoints)
        {
            endpoint.Serve([.. open.Values.Where(o => o.Numbered.Tunnel.Local.Equals(local)).Select(o => (o.Numbered.Tunnel, o.Device.Descriptor))]);
        }

        var idle = endpoints.Where(e => !open.Values.Any(o => o.Numbered.Tunnel.Local.Equals(e.Key))).ToList();
        idle.ForEach(e => endpoints.Remove(e.Key));
        (uplink ??= new("gtp-u uplink")).Watch(open.Values.Select(o => new PollSource(o.Device.Descriptor, o.Uplink.Read)));
        (downlink ??= new("gtp-u downlink")).Watch(endpoints.Values.Select(e => new PollSource(e.Descriptor, e.Read)));
        idle.ForEach(e => e.Value.Dispose());
    }

    private void Mend(IReadOnlyCollection<(GtpLinkPart Part, int Number)> missing)
    {
        // A device that is down has lost its routes, and one that was deleted has to be opened anew.
        var devices = missing.Where(m => m.Part == GtpLinkPart.Device).Select(m => m.Number).ToHashSet();
        foreach (var number in devices.Where(n => !gateway.Inside(() => Directory.Exists("/proc/sys/net/ipv4/conf/" + NumberedTunnel.DeviceOf(n)))))
        {
            var old = open[number];
            open[number] = gateway.Inside(() => Make(old.Numbered));
            Serve();
            old.Device.Dispose();
        }

        var mtus = open.ToImmutableDictionary(o => o.Key, o => PathMtu - (o.Value.Numbered.Tunnel.Local.AddressFamily == AddressFamily.InterNetwork ? Overhead4 : Overhead6));
        links.Make(missing, number => mtus[number]);
    }

    private void RemoveSurplus(IEnumerable<(GtpLinkPart Part, int Number)> found)
    {
        leftovers = true;
        links.Remove([.. found.Where(f => !open.ContainsKey(f.Number))]);
        leftovers = false;
    }

    private void TellLosses()
    {
        if (counters.Lost is var lost && lost != told)
        {
            told = lost;
            GtpLog.Lost(log, counters.Malformed, counters.Strangers, counters.UnknownTunnels, counters.Refusals, counters.Undelivered);
        }
    }

    private sealed record Open(NumberedTunnel Numbered, TunDevice Device, GtpUplink Uplink);
}

/// <summary>What an operator of a gateway with tunnels reads.</summary>
internal static partial class GtpLog
{
    [LoggerMessage(6620, LogLevel.Information, "GTP-U so far: {Malformed} malformed, {Strangers} from who is no peer, {UnknownTunnels} for no tunnel, {Refusals} refused by peers, {Undelivered} not delivered.")]
    public static partial void Lost(ILogger logger, long malformed, long strangers, long unknownTunnels, long refusals, long undelivered);
}
