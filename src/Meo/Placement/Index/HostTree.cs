namespace Mano.Meo.Placement.Index;

/// <summary>
/// A persistent B-tree of hosts in the order of <see cref="HostEntry.Compare"/>. Adding and removing copy the nodes from the
/// root to one leaf and sum them up anew; every other node is shared with the tree before. An empty tree is null.
/// </summary>
internal static class HostTree
{
    private const int MostHosts = 16;
    private const int MostBelow = 8;
    private static readonly Comparer<HostEntry> Order = Comparer<HostEntry>.Create(HostEntry.Compare);

    /// <summary>The tree with one host more. It must not be in it.</summary>
    public static HostNode Add(HostNode? root, HostEntry host)
    {
        if (root is null)
        {
            return HostNode.Leaf([host]);
        }

        var (left, right) = Insert(root, host);
        return right is null ? left : HostNode.Over([left, right]);
    }

    /// <summary>The tree without a host. It must be in it.</summary>
    public static HostNode? Remove(HostNode root, HostEntry host)
    {
        var left = Delete(root, host);
        while (left?.Below is [var only])
        {
            left = only;
        }

        return left;
    }

    /// <summary>The tree with a host as it is now in place of what it was.</summary>
    public static HostNode Replace(HostNode root, HostEntry before, HostEntry after) =>
        HostEntry.Compare(before, after) == 0 ? Put(root, after) : Add(Remove(root, before), after);

    private static HostNode Put(HostNode node, HostEntry host)
    {
        if (node.Hosts is { } hosts)
        {
            var copy = hosts.AsSpan().ToArray();
            copy[Find(hosts, host)] = host;
            return HostNode.Leaf(copy);
        }

        var at = Towards(node.Below!, host);
        var below = node.Below.AsSpan().ToArray();
        below[at] = Put(below[at], host);
        return HostNode.Over(below);
    }

    private static (HostNode Left, HostNode? Right) Insert(HostNode node, HostEntry host)
    {
        if (node.Hosts is { } hosts)
        {
            return Leaves(With(hosts, ~Find(hosts, host), host));
        }

        var at = Towards(node.Below!, host);
        var (left, right) = Insert(node.Below![at], host);
        var below = node.Below.AsSpan().ToArray();
        below[at] = left;
        return right is null ? (HostNode.Over(below), null) : Overs(With(below, at + 1, right));
    }

    private static HostNode? Delete(HostNode node, HostEntry host)
    {
        if (node.Hosts is { } hosts)
        {
            return hosts.Length == 1 ? null : HostNode.Leaf(Without(hosts, Find(hosts, host)));
        }

        var at = Towards(node.Below!, host);
        var below = node.Below.AsSpan().ToArray();
        if (Delete(below[at], host) is not { } left)
        {
            return below.Length == 1 ? null : HostNode.Over(Without(below, at));
        }

        below[at] = left;
        return HostNode.Over(Joined(below, at));
    }

    /// <summary>A node that has become small is joined with its neighbour.</summary>
    private static HostNode[] Joined(HostNode[] below, int at)
    {
        if (below.Length == 1 || !IsSmall(below[at]))
        {
            return below;
        }

        var first = Math.Max(0, at - 1);
        var (left, right) = (below[first], below[first + 1]);
        var (one, other) = left.Hosts is { } hosts ? Leaves([.. hosts, .. right.Hosts!]) : Overs([.. left.Below!, .. right.Below!]);
        var joined = below.AsSpan().ToArray();
        joined[first] = one;
        if (other is null)
        {
            return Without(joined, first + 1);
        }

        joined[first + 1] = other;
        return joined;
    }

    private static bool IsSmall(HostNode node) => node.Hosts is { } hosts ? hosts.Length < MostHosts / 4 : node.Below!.Length < MostBelow / 4;

    private static (HostNode Left, HostNode? Right) Leaves(HostEntry[] hosts) => hosts.Length <= MostHosts
        ? (HostNode.Leaf(hosts), null)
        : (HostNode.Leaf(hosts[..(hosts.Length / 2)]), HostNode.Leaf(hosts[(hosts.Length / 2)..]));

    private static (HostNode Left, HostNode? Right) Overs(HostNode[] below) => below.Length <= MostBelow
        ? (HostNode.Over(below), null)
        : (HostNode.Over(below[..(below.Length / 2)]), HostNode.Over(below[(below.Length / 2)..]));

    /// <summary>Where the host is, or the complement of where it would be.</summary>
    private static int Find(HostEntry[] hosts, HostEntry host) => Array.BinarySearch(hosts, host, Order);

    /// <summary>The node below that has the host, or would have it.</summary>
    private static int Towards(HostNode[] below, HostEntry host)
    {
        var at = below.Length - 1;
        while (at > 0 && HostEntry.Compare(below[at].Least, host) > 0)
        {
            at--;
        }

        return at;
    }

    private static T[] With<T>(T[] items, int at, T item)
    {
        var more = new T[items.Length + 1];
        items.AsSpan(0, at).CopyTo(more);
        more[at] = item;
        items.AsSpan(at).CopyTo(more.AsSpan(at + 1));
        return more;
    }

    private static T[] Without<T>(T[] items, int at)
    {
        var fewer = new T[items.Length - 1];
        items.AsSpan(0, at).CopyTo(fewer);
        items.AsSpan(at + 1).CopyTo(fewer.AsSpan(at));
        return fewer;
    }
}
