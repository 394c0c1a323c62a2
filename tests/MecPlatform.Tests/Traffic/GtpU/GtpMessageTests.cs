using System.Net;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.GtpU;

namespace Mano.MecPlatform.Tests.Traffic.GtpU;

/// <summary>The bytes of TS 29.281, written out by hand, and bytes that nobody should send.</summary>
public sealed class GtpMessageTests
{
    [Theory]
    [InlineData("30ff0004 00000064 45000001", 100u, null, "45000001")] // the shortest: no optional fields
    [InlineData("30ff0004 00000064 45000001 ffff", 100u, null, "45000001")] // what follows the message is not of it
    [InlineData("32ff0008 00000064 1234 00 00 45000001", 100u, 0x1234, "45000001")] // a sequence number
    [InlineData("31ff0008 00000064 1234 07 85 45000001", 100u, null, "45000001")] // an N-PDU number alone: the rest means nothing
    [InlineData("34ff000c 00000064 0000 00 85 01100900 45000001", 100u, null, "45000001")] // a PDU session container, as 5G has
    [InlineData("36ff0014 ffffffff 0007 00 20 01aabb40 02086800 00000085 01000000 45", 0xffffffffu, 7, "45")] // three, one of eight bytes
    [InlineData("34ff000c 00000064 0000 00 03 01000000 45000001", 100u, null, "45000001")] // unknown, and need not be understood
    public void A_message_is_read_past_its_optional_fields(string hex, uint teid, int? sequence, string content)
    {
        var bytes = Bytes(hex);
        if (hex.StartsWith("36", StringComparison.Ordinal))
        {
            bytes[3] = (byte)(bytes.Length - 8);
        }

        Assert.Equal(GtpReading.Message, GtpMessage.TryRead(bytes, out var message));
        Assert.Equal((GtpMessageType.GPdu, teid, (ushort?)sequence, content), (message.Type, message.Teid, message.Sequence, Convert.ToHexStringLower(message.Content)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30ff0000 000000")] // a byte short
    [InlineData("30ff0005 00000064 45000001")] // says more than came
    [InlineData("20ff0004 00000064 45000001")] // GTP', a charging protocol
    [InlineData("32ff0003 00000064 123400")] // optional fields that do not fit
    [InlineData("34ff0004 00000064 00000085")] // an extension header that is not there
    [InlineData("34ff0008 00000064 00000085 00000000")] // one of no length: it would never end
    [InlineData("34ff0008 00000064 00000085 02000000")] // one that is longer than the message
    public void What_does_not_fit_is_malformed(string hex) => Assert.Equal(GtpReading.Malformed, GtpMessage.TryRead(Bytes(hex), out _));

    [Fact]
    public void Another_version_and_an_extension_that_must_be_understood_are_told_apart()
    {
        Assert.Equal(GtpReading.OtherVersion, GtpMessage.TryRead(Bytes("48200004 00000000 00000000"), out _));
        Assert.Equal(GtpReading.UnknownExtension, GtpMessage.TryRead(Bytes("34ff000c 00000064 0000 00 c1 01000000 45000001"), out _));
        Assert.Equal(GtpReading.UnknownExtension, GtpMessage.TryRead(Bytes("34ff000c 00000064 0000 00 84 01000000 45000001"), out _));
    }

    [Fact]
    public void No_bytes_make_the_reader_throw()
    {
        var random = new Random(20264);
        var bytes = new byte[96];
        for (var i = 0; i < 300_000; i++)
        {
            random.NextBytes(bytes);
            var length = random.Next(bytes.Length);
            if (random.Next(4) > 0)
            {
                bytes[0] = (byte)(0x30 | (bytes[0] & 7)); // most are nearly right
                (bytes[2], bytes[3]) = (0, (byte)Math.Max(0, length - 8 - random.Next(3)));
            }

            if (GtpMessage.TryRead(bytes.AsSpan(0, length), out var message) == GtpReading.Message)
            {
                Assert.True(InnerPacket.Of(message.Content).Length <= message.Content.Length);
            }
        }
    }

    [Theory]
    [InlineData("4500001400000000000000000a0000010a000002", 20)]
    [InlineData("4500001400000000000000000a0000010a000002ffff", 20)] // padding is cut off
    [InlineData("4500001500000000000000000a0000010a000002", 0)] // says more than there is
    [InlineData("4400001400000000000000000a0000010a000002", 0)] // a header of less than 20 bytes
    [InlineData("6000000000000000000000000000000000000000000000000000000000000000000000000000000000000000", 40)]
    [InlineData("6000000000050000000000000000000000000000000000000000000000000000000000000000000000000000", 0)]
    [InlineData("0000", 0)]
    public void Only_an_IP_packet_of_the_length_that_it_says_is_handed_on(string hex, int length) => Assert.Equal(length, InnerPacket.Of(Bytes(hex)).Length);

    [Fact]
    public void What_is_sent_is_written_as_the_standard_has_it()
    {
        var header = new byte[8];
        GtpMessage.WriteGPdu(header, 0xdeadbeef, 1400);
        Assert.Equal("30ff0578deadbeef", Convert.ToHexStringLower(header));
        Assert.Equal("320200060000000012340000" + "0e00", Convert.ToHexStringLower(GtpReplies.EchoResponse(0x1234)));
        Assert.Equal("321a00100000000000000000" + "1000000064" + "8500040a2d0001", Convert.ToHexStringLower(GtpReplies.ErrorIndication(100, IPAddress.Parse("10.45.0.1"))));
        Assert.Equal("321f00090000000000000000" + "8d03204085", Convert.ToHexStringLower(GtpReplies.SupportedExtensionHeaders()));
    }

    [Fact]
    public void A_tunnel_is_read_from_a_rule_or_refused_with_the_reason()
    {
        Assert.Null(GtpTunnel.TryRead(Info("10.60.0.10", "10.60.0.1", ("teid", "0x64"), ("localTeid", "200")), out var tunnel));
        Assert.Equal(new GtpTunnel(IPAddress.Parse("10.60.0.1"), IPAddress.Parse("10.60.0.10"), 100, 200), tunnel);
        Assert.Null(GtpTunnel.TryRead(Info("fd60::10", "fd60::1", ("TEID", "4294967295")), out tunnel));
        Assert.Equal((uint.MaxValue, uint.MaxValue), (tunnel!.PeerTeid, tunnel.LocalTeid));
        foreach (var (wrong, word) in new[]
        {
            (Info("10.60.0.10", "10.60.0.1"), "teid"),
            (Info("10.60.0.10", "10.60.0.1", ("teid", "0")), "teid"),
            (Info("10.60.0.10", "10.60.0.1", ("teid", "4294967296")), "teid"),
            (Info("10.60.0.10", "10.60.0.1", ("teid", "1"), ("localTeid", "x")), "localTeid"),
            (Info("10.60.0.10", "fd60::1", ("teid", "1")), "one family"),
            (Info("0.0.0.0", "10.60.0.1", ("teid", "1")), "unspecified"),
            (Info("10.60.0.0/24", "10.60.0.1", ("teid", "1")), "tunnelDstAddress"),
            (Info("224.0.0.1", "10.60.0.1", ("teid", "1")), "multicast"),
            (new Tunnel(TunnelType.Gre, "10.60.0.10", "10.60.0.1"), "GRE"),
        })
        {
            Assert.Contains(word, GtpTunnel.TryRead(wrong, out tunnel), StringComparison.Ordinal);
            Assert.Null(tunnel);
        }
    }

    internal static Tunnel Info(string peer, string local, params (string Key, string Value)[] data) =>
        new(TunnelType.GtpU, peer, local) { TunnelSpecificData = data.ToDictionary(d => d.Key, d => d.Value) };

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
