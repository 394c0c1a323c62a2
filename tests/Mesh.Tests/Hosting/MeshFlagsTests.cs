using System.Net;
using Mano.Mesh.Hosting;

namespace Mano.Mesh.Tests.Hosting;

public class MeshFlagsTests
{
    [Theory]
    [InlineData("127.0.0.1:7401", "127.0.0.1", 7401)]
    [InlineData("localhost:0", "127.0.0.1", 0)]
    [InlineData("[::1]:80", "::1", 80)]
    public void Reads_an_address_with_its_port(string text, string address, int port) =>
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), MeshFlags.ParseEndPoint(text));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("edge:7401")]
    [InlineData("")]
    public void Refuses_an_address_without_a_port_and_says_what_would_be_right(string text)
    {
        var e = Assert.Throws<FormatException>(() => MeshFlags.ParseEndPoint(text));
        Assert.Contains("127.0.0.1:7401", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    public void Reads_a_time_with_its_unit(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), MeshFlags.ParseDuration(text));

    [Theory]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("-5s")]
    public void Refuses_a_time_without_a_unit(string text) =>
        Assert.Throws<FormatException>(() => MeshFlags.ParseDuration(text));
}
