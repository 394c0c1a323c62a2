using System.Runtime.InteropServices;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>What the kernel routes to a tunnel's device goes to the peer, a G-PDU each.</summary>
internal sealed class GtpUplink(GtpTunnel tunnel, int device, int endpoint, GtpCounters counters)
{
    private const int Batch = 64;
    private readonly byte[] peer = GtpEndpoint.AddressOf(tunnel.Peer);
    private readonly byte[] message = new byte[65535];

    /// <summary>Reads what is there; false: somebody has deleted the device.</summary>
    public bool Read()
    {
        for (var i = 0; i < Batch; i++)
        {
            var length = Native.Read(device, ref message[GtpMessage.HeaderLength], (nuint)(message.Length - GtpMessage.HeaderLength));
            if (length <= 0)
            {
                return Marshal.GetLastPInvokeError() != Native.DeviceGone;
            }

            if (IsForOne(message.AsSpan(GtpMessage.HeaderLength, (int)length)))
            {
                Send((int)length);
            }
        }

        return true;
    }

    private void Send(int length)
    {
        GtpMessage.WriteGPdu(message, tunnel.PeerTeid, length);
        if (Native.SendTo(endpoint, in message[0], (nuint)(GtpMessage.HeaderLength + length), 0, in peer[0], peer.Length) < 0)
        {
            counters.CountUndelivered();
        }
    }

    /// <summary>The kernel tells neighbours about itself on every device; that is not users' traffic.</summary>
    private static bool IsForOne(ReadOnlySpan<byte> packet) => (packet[0] >> 4) switch
    {
        4 when packet.Length >= 20 => packet[16] < 224,
        6 when packet.Length >= 40 => packet[24] != 0xff,
        _ => false,
    };
}
