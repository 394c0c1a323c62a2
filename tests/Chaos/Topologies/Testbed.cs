using System.Net;
using Mano.Chaos.Links;
using Mano.Chaos.Processes;
using Mano.Testing;

namespace Mano.Chaos.Topologies;

/// <summary>A MEO replica, as others reach it.</summary>
/// <param name="Node">Its process.</param>
/// <param name="Grpc">Its own address, past every link: what the checker asks.</param>
/// <param name="ClientLink">What clients go through.</param>
internal sealed record MeoPart(Node Node, string Grpc, TcpLink ClientLink);

/// <summary>A site: a MEPM, and one host of a platform and a simulated VIM.</summary>
internal sealed record SitePart(string SiteId, string HostId, Node Mepm, Node Platform)
{
    public required string MepmGrpc { get; init; }

    public required string PlatformGrpc { get; init; }

    public required IPEndPoint Dns { get; init; }

    public required IPEndPoint Gateway { get; init; }

    public required string VimFolder { get; init; }

    public required long MilliCpu { get; init; }
}

/// <summary>The system under test: processes, the links between them, and where each is reached.</summary>
internal sealed class Testbed : IDisposable
{
    private readonly List<TcpLink> links = [];
    private readonly List<Node> nodes = [];
    private readonly Keeper keeper;
    private readonly Binaries binaries;
    private readonly string run;

    public Testbed(TopologyPlan plan, string folder, string run, int seed)
    {
        (Plan, Folder, this.run) = (plan, folder, run);
        keeper = Keeper.Start(run);
        binaries = Binaries.CopyTo(Path.Combine(folder, "bin"));
        new TestbedBuilder(this, plan, seed).Build();
    }

    public TopologyPlan Plan { get; }

    public string Folder { get; }

    public IReadOnlyList<Node> Nodes => nodes;

    public IReadOnlyList<TcpLink> Links => links;

    public List<MeoPart> Meos { get; } = [];

    public List<SitePart> Sites { get; } = [];

    /// <summary>Starts everything: stores first, then each layer at once.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        foreach (var layer in nodes.GroupBy(n => Meos.Any(m => m.Node == n) ? 1 : Sites.Any(s => s.Mepm == n || s.Platform == n) ? 2 : 0).OrderBy(g => g.Key))
        {
            await Task.WhenAll(layer.Select(n => n.StartAsync(cancel)));
        }
    }

    public Node Add(NodeSpec spec)
    {
        var node = new Node(spec, Path.Combine(Folder, "logs", spec.Name + ".log"), run);
        nodes.Add(node);
        return node;
    }

    public TcpLink AddLink(string name, IPEndPoint target)
    {
        var link = new TcpLink(name, DaemonProcess.FreePort(), target);
        links.Add(link);
        return link;
    }

    public string Assembly(string project) => binaries.Assembly(project);

    public void Dispose()
    {
        foreach (var node in nodes)
        {
            node.Dispose();
        }

        foreach (var link in links)
        {
            link.Dispose();
        }

        keeper.Dispose();
    }
}
