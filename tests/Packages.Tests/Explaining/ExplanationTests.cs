namespace Mano.Packages.Tests.Explaining;

/// <summary>What a provider is told will become of a package.</summary>
public sealed class ExplanationTests
{
    [Fact]
    public void A_program_with_rules_is_explained_from_placement_to_names()
    {
        using var package = new CsarMaker().WithMeta("app.yaml").With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", "\u007fELF").WithManifest().Make();
        var content = PackageReader.Read(package).Content!;

        var explanation = PackageExplanation.Of(content);

        var digest = content.Artifacts.Single(a => a.SwImageId is not null).Sha256;
        Assert.Contains("1 vCPU, 128 MiB of memory, 0 GiB of disk are held", Line(explanation, "placement", "room"), StringComparison.Ordinal);
        Assert.Equal($"counter 1.0: a program, started as a process (LocalProcess); sites fetch Artifacts/bin/counter, 4 bytes, sha256:{digest}", Line(explanation, "compute", "sw_image"));
        Assert.Equal("reached at TCP 8080 (http)", Line(explanation, "network", "Cp"));
        Assert.Equal("priority 1: TCP to 203.0.113.10/32 to port 80 → to the instance itself, port 8080 (http); active once the instance is ready", Line(explanation, "traffic rules", "web"));
        Assert.Equal("counter.example is 203.0.113.10 for 30 s, once the instance is ready", Line(explanation, "DNS rules", "name"));
        Assert.Empty(explanation.NotSupported);
    }

    [Fact]
    public void What_is_not_done_is_said_with_the_reason()
    {
        var content = Descriptor.Accepted(Samples.Json.Replace("\"protocol\": \"TCP\", \"port\": 80", "\"protocol\": \"SCTP\", \"port\": 80", StringComparison.Ordinal));

        var said = PackageExplanation.Of(content).NotSupported;

        foreach (var part in new[] { "CPU clock", "Port http is SCTP", "Rule r1 leads into a GTP-U tunnel", "Rule r1 matches tags, URIs, packet labels or a QCI", "appNetworkPolicy" })
        {
            Assert.Contains(said, s => s.Contains(part, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_attribute_of_the_standard_that_only_informs_is_kept()
    {
        var app = Descriptor.Accepted(Samples.Json
            .Replace("\"cpdId\": \"cp\",", "\"cpdId\": \"cp\", \"cpProtocol\": [ { \"associatedLayerProtocol\": \"IPV4\", \"addressData\": [ { \"addressType\": \"ip_address\", \"l3AddressData\": { \"ipAddressAssignment\": true } } ] } ],", StringComparison.Ordinal)
            .Replace("\"appLatency\"", """
                "virtualStorageDescriptor": [ { "id": "s", "typeOfStorage": "FILE", "fileStorageData": { "sizeOfStorage": 2, "fileSystemProtocol": "nfs" },
                    "nfviMaintenanceInfo": { "impactNotificationLeadTime": 60, "supportedMigrationType": [ "live_migration" ] } } ],
                  "transportDependencies": [ { "transport": { "type": "REST_HTTP", "protocol": "HTTP", "version": "2.0", "name": "r", "security": { }, "implSpecificInfo": { "a": "b" } }, "serializers": [ "JSON" ], "labels": [ "x" ] } ],
                  "appLatency"
                """, StringComparison.Ordinal)).Descriptor;

        Assert.Equal(("IPV4", "IP_ADDRESS", true), (app.AppExtCpd[0].CpProtocol[0].AssociatedLayerProtocol, app.AppExtCpd[0].CpProtocol[0].AddressData[0].AddressType, app.AppExtCpd[0].CpProtocol[0].AddressData[0].AddressAssignment));
        Assert.Equal((60, "LIVE_MIGRATION"), (app.VirtualStorageDescriptor[0].NfviMaintenanceInfo!.ImpactNotificationLeadTime, app.VirtualStorageDescriptor[0].NfviMaintenanceInfo!.SupportedMigrationType[0]));
        Assert.Equal("a=b", app.TransportDependencies[0].Transport.ImplSpecificInfo);
    }

    [Fact]
    public void A_storage_without_the_data_of_its_type_is_refused()
    {
        var reading = Descriptor.Read(Samples.Json.Replace("\"appLatency\"", "\"virtualStorageDescriptor\": [ { \"id\": \"s\", \"typeOfStorage\": \"OBJECT\" } ], \"appLatency\"", StringComparison.Ordinal));

        Assert.Contains("no objectStorageData", Assert.Single(reading.Errors).Message, StringComparison.Ordinal);
    }

    private static string Line(PackageExplanation explanation, string section, string name) =>
        explanation.Sections.Single(s => s.Title == section).Lines.Single(l => l.Name == name).Text;
}
