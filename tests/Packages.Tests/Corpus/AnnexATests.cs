using Mano.Packages.AppD;
using Mano.Testing;
using Xunit.Abstractions;

namespace Mano.Packages.Tests.Corpus;

/// <summary>MEC 037's own example onboards, with a warning where it breaks the standard's rules.</summary>
public sealed class AnnexATests(ITestOutputHelper output)
{
    [SharedFact]
    public void The_example_is_accepted_and_its_oddities_are_told()
    {
        var reading = Read();

        Assert.NotNull(reading.Content);
        Assert.Contains(reading.Warnings, f => f.Rule == "interface-count" && f.Path == "topology_template.node_templates.MyMecApp.properties.app_traffic_rule[0].dst_interface");
        Assert.Contains(reading.Warnings, f => f.Rule == "domain-name" && f.Path.EndsWith("app_dns_rule[0].domain_name", StringComparison.Ordinal));
    }

    [SharedFact]
    public void The_example_means_what_it_says()
    {
        var app = Read().Content!.Descriptor;

        Assert.Equal(("b1bb0ce7-ebca-4fa7-95ed-4840d70a1177", "MyMecApp", "MyCompany"), (app.AppDId, app.AppName, app.AppProvider));
        Assert.Equal(["2.2.1"], app.MecVersion);
        Assert.Equal((2, 8192, 1800), (app.VirtualComputeDescriptor!.VirtualCpu.NumVirtualCpu, app.VirtualComputeDescriptor.VirtualMemory.VirtualMemSize, app.VirtualComputeDescriptor.VirtualCpu.VirtualCpuClock));
        Assert.Equal(20_000_000, app.AppLatency!.MaxLatency);
        Assert.Equal(TimeSpan.FromMilliseconds(20), app.AppLatency.Max);
        Assert.Equal((60, 600), (app.TerminateAppInstanceOpConfig!.MinGracefulTerminationTimeout, app.TerminateAppInstanceOpConfig.MaxRecommendedGracefulTerminationTimeout));
        Assert.Equal(60, app.ChangeAppInstanceStateOpConfig!.MinGracefulStopTimeout);
        Assert.Equal((TrafficAction.Drop, 0), (app.AppTrafficRule[0].Action, app.AppTrafficRule[0].DstInterface.Count));
        Assert.Equal(["UDP"], app.AppTrafficRule[0].TrafficFilter[0].Protocol);
        Assert.Equal("www.example.com", app.AppDNSRule[0].DomainName);
        Assert.Equal("RNIS", app.AppServiceRequired[0].SerName);
        Assert.Equal(["JSON"], app.AppServiceProduced[0].TransportsSupported[0].Serializers);
        Assert.Equal(["OAUTH2_CLIENT_CREDENTIALS"], app.TransportDependencies[0].Transport.Security!.OAuth2Info!.GrantTypes);
        Assert.True(app.UserContextTransferCapability!.UserContextTransferSupport);
        Assert.True(app.AppNetworkPolicy!.SteeredNetwork.CellularNetwork);
        Assert.Equal(("QCOW2", "BARE"), (app.SwImageDescriptor[0].DiskFormat, app.SwImageDescriptor[0].ContainerFormat));
        Assert.Equal(94, app.Need().DiskGib); // 100 GB
        Assert.Equal(["MyMecAppCp"], app.AppExtCpd.Select(c => c.CpdId));
    }

    private PackageReading Read()
    {
        var template = File.ReadAllBytes(SharedInput.File("corpus", "mec037", "annexA-mymecappsimple.appd.tosca.yaml"));
        var types = File.ReadAllBytes(SharedInput.File("corpus", "mec037", "annexA-mymecappsimple.appdtype.tosca.yaml"));
        using var package = new CsarMaker()
            .WithMeta("Definitions/mymecappsimple.yaml", manifest: null)
            .With("Definitions/mymecappsimple.yaml", template)
            .With("Definitions/path/mymecappsimple.appdtype.tosca.yaml", types)
            .Make();
        var reading = PackageReader.Read(package);
        foreach (var fault in reading.Faults)
        {
            output.WriteLine($"{fault.Severity} {fault.Rule} {fault}");
        }

        return reading;
    }
}
