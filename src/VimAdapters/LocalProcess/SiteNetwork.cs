using System.Net;
using System.Net.Sockets;
using Mano.Mesh.Hosting;
using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>The network that computes are on: the machine's, or a namespace of the site's own.</summary>
internal sealed class SiteNetwork(LocalProcessOptions options)
{
    private readonly NetworkNamespace? space = options.NetworkNamespace.Length > 0 ? new(options.NetworkNamespace) : null;

    /// <summary>Why computes cannot have these addresses there, a sentence each.</summary>
    public IEnumerable<string> Faults(AddressRange range)
    {
        if (space is null)
        {
            return IsLocal(range) ? [] : [$"AddressRange: {range} is not this machine's own; a part of 127.0.0.0/8 would be right, or one that 'ip route add local {range} dev lo' made local."];
        }

        if (!space.Exists)
        {
            return [$"NetworkNamespace: there is no {space.Path}; 'ip netns add' makes it."];
        }

        if (!Environment.IsPrivilegedProcess || Tools.Find(options.ToolFolders).NsEnter is null)
        {
            return [$"NetworkNamespace: starting computes in {options.NetworkNamespace} needs root and nsenter (util-linux)."];
        }

        return space.Inside(() => IsLocal(range))
            ? []
            : [$"AddressRange: {range} is not local in network namespace {options.NetworkNamespace}; 'ip -n {options.NetworkNamespace} route add local {range} dev lo' makes it so."];
    }

    /// <summary>Whether nothing listens there yet.</summary>
    public bool IsFree(string address, ComputePort port) => space is null ? MayBind(address, port) : space.Inside(() => MayBind(address, port));

    private static bool MayBind(string address, ComputePort port)
    {
        try
        {
            Bind(address, port.Number, port.Transport == Transport.Tcp ? SocketType.Stream : SocketType.Dgram);
            return true;
        }
        catch (SocketException e)
        {
            // Not ours to bind (a low port without the right): whether it is free is not known; the application will tell.
            return e.SocketErrorCode != SocketError.AddressAlreadyInUse;
        }
    }

    private static bool IsLocal(AddressRange range)
    {
        try
        {
            Bind(range.At(0), 0, SocketType.Dgram);
            Bind(range.At(range.Count - 1), 0, SocketType.Dgram);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void Bind(string address, int port, SocketType type)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
    }
}
