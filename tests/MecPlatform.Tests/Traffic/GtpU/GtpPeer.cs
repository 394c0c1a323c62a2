using System.Net;
using System.Net.Sockets;
using Mano.MecPlatform.Tests.Traffic.Nft;
using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Tests.Traffic.GtpU;

/// <summary>
/// The other end of a tunnel: a UDP socket that speaks GTP-U byte by byte, and a TUN device of its own namespace behind it,
/// so that real TCP and UDP stacks talk through it. Its headers have what ours have not: a sequence number and an extension.
/// </summary>
internal sealed class GtpPeer : IDisposable
{
    private static readonly byte[] Header = [0x36, 0xff, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0x85, 1, 0x10, 9, 0];
    private readonly Socket socket;
    private readonly TunDevice device;
    private readonly IPEndPoint gateway;
    private readonly uint gatewayTeid;
    private readonly uint ownTeid;
    private readonly CancellationTokenSource ended = new();
    private readonly List<byte[]> others = [];

    /// <param name="network">Where.</param>
    /// <param name="part">Its part of the network.</param>
    /// <param name="gateway">The gateway's end.</param>
    /// <param name="gatewayTeid">What the gateway knows the tunnel by.</param>
    /// <param name="ownTeid">What this end knows it by.</param>
    /// <param name="inner">Its inner addresses; everything for <paramref name="beyond"/> goes into the tunnel.</param>
    /// <param name="beyond">Prefixes.</param>
    public GtpPeer(EdgeNetwork network, string part, string gateway, uint gatewayTeid, uint ownTeid, string[] inner, string[] beyond)
    {
        (this.gateway, this.gatewayTeid, this.ownTeid) = (new(IPAddress.Parse(gateway), 2152), gatewayTeid, ownTeid);
        socket = network.Udp(part, gateway.Contains(':', StringComparison.Ordinal) ? "::" : "0.0.0.0", 2152);
        device = network.Inside(part, () => TunDevice.Open("peer0"));
        network.IpIn(part, "link", "set", "peer0", "mtu", "1400", "up");
        // An IPv6 address cannot be bound to for as long as it is looked for another one who has it.
        Array.ForEach(inner, a => network.IpIn(part, ["addr", "add", a, "dev", "peer0", .. a.Contains(':', StringComparison.Ordinal) ? ["nodad"] : Array.Empty<string>()]));
        Array.ForEach(beyond, b => network.IpIn(part, "route", "replace", b, "dev", "peer0"));
        new Thread(FromDevice) { IsBackground = true }.Start();
        _ = FromSocket();
    }

    /// <summary>G-PDUs that came for this end.</summary>
    public int Came { get; private set; }

    /// <summary>G-PDUs that it sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Messages that are no G-PDUs.</summary>
    public IReadOnlyList<byte[]> Others
    {
        get
        {
            lock (others)
            {
                return [.. others];
            }
        }
    }

    /// <summary>Sends bytes to the gateway as they are.</summary>
    public void Send(byte[] bytes) => socket.SendTo(bytes, gateway);

    public void Dispose()
    {
        ended.Cancel();
        socket.Dispose();
    }

    private void FromDevice()
    {
        var buffer = new byte[Header.Length + 2000];
        Header.CopyTo(buffer, 0);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(4), gatewayTeid);
        while (!ended.IsCancellationRequested)
        {
            _ = Native.Poll([new() { Descriptor = device.Descriptor, Wanted = Native.Readable }], 1, 100);
            var length = Native.Read(device.Descriptor, ref buffer[Header.Length], 2000);
            if (length > 0 && !ended.IsCancellationRequested)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(buffer.AsSpan(2), (ushort)(length + Header.Length - 8));
                try
                {
                    socket.SendTo(buffer.AsSpan(0, Header.Length + (int)length), gateway);
                    Sent++;
                }
                catch (Exception away) when (away is SocketException or ObjectDisposedException)
                {
                    // the gateway's agent is away, or this test is over
                }
            }
        }

        device.Dispose();
    }

    private async Task FromSocket()
    {
        var buffer = new byte[65535];
        while (!ended.IsCancellationRequested)
        {
            try
            {
                var length = await socket.ReceiveAsync(buffer, ended.Token);
                Take(buffer.AsSpan(0, length));
            }
            catch (SocketException)
            {
                // a port that is closed for a while
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        if (message.Length > 8 && message[0] == 0x30 && message[1] == 0xff
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(message[4..]) == ownTeid
            && System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message[2..]) == message.Length - 8)
        {
            Came++;
            _ = Native.Write(device.Descriptor, in message[8], (nuint)(message.Length - 8));
            return;
        }

        lock (others)
        {
            others.Add(message.ToArray());
        }
    }
}
