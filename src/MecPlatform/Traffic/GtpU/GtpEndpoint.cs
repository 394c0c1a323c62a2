using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>UDP port 2152 of one of the gateway's addresses: what peers send is told apart, answered, or handed to the tunnel's device.</summary>
internal sealed class GtpEndpoint : IDisposable
{
    private const int Batch = 64;
    private const int AddressLength = 28; // struct sockaddr_in6
    private const int KernelBuffer = 4 << 20;

    private readonly IPAddress local;
    private readonly GtpCounters counters;
    private readonly Socket socket;
    private readonly byte[] datagram = new byte[65535];
    private readonly byte[] sender = new byte[AddressLength];
    private volatile FrozenDictionary<(UInt128 Peer, uint LocalTeid), int> devices = FrozenDictionary<(UInt128, uint), int>.Empty;
    private volatile FrozenSet<UInt128> peers = [];

    /// <summary>Binds in the namespace that this thread is in.</summary>
    /// <exception cref="SocketException">The address is not the gateway's, or another program has the port.</exception>
    public GtpEndpoint(IPAddress local, GtpCounters counters)
    {
        (this.local, this.counters) = (local, counters);
        socket = new(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = KernelBuffer, SendBufferSize = KernelBuffer };
        try
        {
            if (local.AddressFamily == AddressFamily.InterNetwork)
            {
                socket.DontFragment = false; // a full inner packet and our header may be more than the path takes
            }

            socket.Bind(new IPEndPoint(local, GtpTunnel.Port));
            Descriptor = (int)socket.Handle;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public int Descriptor { get; }

    /// <summary>Which tunnels end here, each with its device's descriptor.</summary>
    public void Serve(IReadOnlyCollection<(GtpTunnel Tunnel, int Device)> tunnels)
    {
        devices = tunnels.ToFrozenDictionary(t => (NumberOf(t.Tunnel.Peer), t.Tunnel.LocalTeid), t => t.Device);
        peers = tunnels.Select(t => NumberOf(t.Tunnel.Peer)).ToFrozenSet();
    }

    /// <summary>Reads what has come; always of use.</summary>
    public bool Read()
    {
        for (var i = 0; i < Batch; i++)
        {
            var addressLength = sender.Length;
            var length = Native.ReceiveFrom(Descriptor, ref datagram[0], (nuint)datagram.Length, Native.DoNotWait, ref sender[0], ref addressLength);
            if (length < 0)
            {
                break;
            }

            Take(datagram.AsSpan(0, (int)length));
        }

        return true;
    }

    public void Dispose() => socket.Dispose();

    /// <summary>The bytes of an address for the kernel (struct sockaddr_in or sockaddr_in6).</summary>
    public static byte[] AddressOf(IPAddress address)
    {
        var bytes = new byte[address.AddressFamily == AddressFamily.InterNetwork ? 16 : AddressLength];
        MemoryMarshal.Write(bytes, (ushort)(address.AddressFamily == AddressFamily.InterNetwork ? 2 : 10));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), GtpTunnel.Port);
        address.TryWriteBytes(bytes.AsSpan(address.AddressFamily == AddressFamily.InterNetwork ? 4 : 8), out _);
        return bytes;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        var peer = Sender();
        if (!peers.Contains(peer))
        {
            counters.CountStranger();
            return;
        }

        switch (GtpMessage.TryRead(bytes, out var message))
        {
            case GtpReading.Message:
                Take(message, peer);
                break;
            case GtpReading.UnknownExtension:
                counters.CountMalformed();
                Answer(GtpReplies.SupportedExtensionHeaders(), toPort: false);
                break;
            default:
                counters.CountMalformed();
                break;
        }
    }

    private void Take(in GtpMessage message, UInt128 peer)
    {
        switch (message.Type)
        {
            case GtpMessageType.GPdu when devices.TryGetValue((peer, message.Teid), out var device):
                Deliver(InnerPacket.Of(message.Content), device);
                break;
            case GtpMessageType.GPdu:
                counters.CountUnknownTunnel();
                Answer(GtpReplies.ErrorIndication(message.Teid, local), toPort: false);
                break;
            case GtpMessageType.EchoRequest when message.Sequence is { } sequence:
                Answer(GtpReplies.EchoResponse(sequence), toPort: true);
                break;
            case GtpMessageType.ErrorIndication:
                counters.CountRefusal(); // the tunnel is configured: what the peer forgot it may learn again
                break;
            default:
                break; // end markers, echo responses and what later editions add: nothing follows from them
        }
    }

    private void Deliver(ReadOnlySpan<byte> packet, int device)
    {
        if (packet.IsEmpty)
        {
            counters.CountMalformed();
        }
        else if (Native.Write(device, in MemoryMarshal.GetReference(packet), (nuint)packet.Length) < 0)
        {
            counters.CountUndelivered();
        }
    }

    /// <summary>Echo Responses go to the port that asked, everything else to 2152 (TS 29.281 §4.4.2).</summary>
    private void Answer(byte[] message, bool toPort)
    {
        var to = (byte[])sender.Clone();
        if (!toPort)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to.AsSpan(2), GtpTunnel.Port);
        }

        var length = local.AddressFamily == AddressFamily.InterNetwork ? 16 : AddressLength;
        if (Native.SendTo(Descriptor, in message[0], (nuint)message.Length, Native.DoNotWait, in to[0], length) < 0)
        {
            counters.CountUndelivered();
        }
    }

    private UInt128 Sender() => local.AddressFamily == AddressFamily.InterNetwork
        ? BinaryPrimitives.ReadUInt32BigEndian(sender.AsSpan(4))
        : BinaryPrimitives.ReadUInt128BigEndian(sender.AsSpan(8));

    private static UInt128 NumberOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes())
        : BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes());
}
