namespace Mano.Meo.Placement.Index;

/// <summary>A node of the index: a leaf with hosts, or nodes below. Never edited: a change makes the nodes on its way anew.</summary>
internal sealed class HostNode
{
    private HostNode(HostEntry[]? hosts, HostNode[]? below, HostGroup group, HostEntry least) =>
        (Hosts, Below, Group, Least) = (hosts, below, group, least);

    /// <summary>Of a leaf, in order.</summary>
    public HostEntry[]? Hosts { get; }

    /// <summary>Of any other node, in order.</summary>
    public HostNode[]? Below { get; }

    /// <summary>What is known of all hosts here and below.</summary>
    public HostGroup Group { get; }

    /// <summary>The first host in order.</summary>
    public HostEntry Least { get; }

    public static HostNode Leaf(HostEntry[] hosts) => new(hosts, null, HostGroup.Of(hosts), hosts[0]);

    public static HostNode Over(HostNode[] below) => new(null, below, HostGroup.Of(below), below[0].Least);

    /// <summary>Every host here and below.</summary>
    public IEnumerable<HostEntry> All() => Hosts ?? Below!.SelectMany(node => node.All());
}
