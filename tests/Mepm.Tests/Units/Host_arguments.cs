using Mano.Mepm.Hosts;
using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Mepm.Tests.Units;

/// <summary>How an operator names hosts, and what is said when it is wrong.</summary>
public sealed class Host_arguments
{
    [Fact]
    public void A_full_host_is_read()
    {
        var host = HostArgument.Parse("id=edge-a-1,zone=a,vim=LocalProcess,platform=http://127.0.0.1:7413,latency=5ms,hardware=gpu+sriov,arch=aarch64,vim.AddressRange=127.1.0.0/16");

        Assert.Equal(("edge-a-1", "a", "LocalProcess"), (host.HostId, host.Zone, host.Vim));
        Assert.Equal(TimeSpan.FromMilliseconds(5), host.Latency);
        Assert.Equal(["gpu", "sriov"], host.Hardware);
        Assert.Equal("127.1.0.0/16", host.VimSettings["addressrange"]);
    }

    [Fact]
    public void What_placement_goes_by_is_read()
    {
        var host = HostArgument.Parse("id=a,zone=z,vim=V,networks=n6+internet,tenants=city,cost=0.8,watts=7.5,vimzone=az-1");

        Assert.Equal(["n6", "internet"], host.Networks);
        Assert.Equal(["city"], host.Tenants);
        Assert.Equal((0.8, 7.5, "az-1"), (host.Cost, host.WattsPerCpu, host.VimZone));
    }

    [Theory]
    [InlineData("id=a,zone=z,vim=V,platform=127.0.0.1:1", "is not a URL")]
    [InlineData("id=a,zone=z,vim=V,platform=http://h:1,latency=5", "has no unit")]
    [InlineData("id=a,zone=z,vim=V,platform=http://h:1,colour=red", "'colour'")]
    [InlineData("id=a,id=b,zone=z,vim=V,platform=http://h:1", "given twice")]
    [InlineData("id=a,zone=z,vim=V,cost=cheap", "'cost=cheap'")]
    [InlineData("edge-1", "is no NAME=VALUE")]
    public void A_wrong_host_says_what_is_wrong(string text, string said)
    {
        var refused = Assert.Throws<FormatException>(() => HostArgument.Parse(text));

        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_file_is_read_and_a_wrong_one_names_file_and_line()
    {
        using var folder = new TempFolder();
        var right = folder.File("site.json");
        File.WriteAllText(right, """{ "site": "a", "hosts": [ { "id": "h", "zone": "z", "vim": "Simulated", "platform": "http://h:1", "latency": "2ms", "vimSettings": { "MilliCpu": "5" } } ] }""");
        var host = SiteFile.Read(right).HostOptions(right).Single();
        Assert.Equal(TimeSpan.FromMilliseconds(2), host.Latency);

        var wrong = folder.File("wrong.json");
        File.WriteAllText(wrong, "{ \"site\": \"a\",\n \"hostz\": [] }");
        var refused = Assert.Throws<FailureException>(() => SiteFile.Read(wrong));
        Assert.Equal(FailureKind.InvalidInput, refused.Failure.Kind);
        Assert.Contains(":2", refused.Failure.Faults.Single().Path, StringComparison.Ordinal);
        Assert.Contains("hostz", refused.Failure.Faults.Single().Message, StringComparison.Ordinal);
        Assert.Throws<FailureException>(() => SiteFile.Read(folder.File("missing.json")));
    }
}
