namespace Mano.Packages.Tests.Validation;

/// <summary>Each rule of the standard, broken once: refused, at its path, with a sentence.</summary>
public sealed class RuleTests
{
    [Theory]
    [InlineData("\"appDId\"", "\"appDIdx\"", "", "no appDId, which is mandatory")]
    [InlineData("\"2.2.1, 3.2.1\"", "\"2.2, 3.2.1\"", "mecVersion", "\"2.2\" is no version of MEC")]
    [InlineData("\"numVirtualCpu\": 2", "\"numVirtualCpu\": 0", "virtualComputeDescriptor.virtualCpu.numVirtualCpu", "\"0\" is no whole number from 1")]
    [InlineData("\"virtualMemSize\": 512", "\"virtualMemSize\": 0", "virtualComputeDescriptor.virtualMemory.virtualMemSize", "at least 1 MiB")]
    [InlineData("\"virtualComputeDescriptor\"", "\"virtualComputer\"", "", "neither a virtual compute descriptor nor an OS container")]
    [InlineData("\"swImageDescriptor\": [", "\"swImageDescriptor\": [ { \"id\": \"b\", \"name\": \"b\", \"version\": \"1\", \"containerFormat\": \"BARE\", \"swImage\": \"b\" },", "swImageDescriptor", "runs one software image")]
    [InlineData("\"swImage\": \"https", "\"checksum\": { \"algorithm\": \"MD5\", \"hash\": \"00\" }, \"swImage\": \"https", "swImageDescriptor[0].checksum.algorithm", "SHA-256 or SHA-512")]
    [InlineData("\"swImage\": \"https", "\"checksum\": { \"algorithm\": \"sha256\", \"hash\": \"00\" }, \"swImage\": \"https", "swImageDescriptor[0].checksum", "64 hexadecimal digits")]
    [InlineData("\"appExtCpd\"", "\"appExtCp\"", "", "no external connection point")]
    [InlineData("\"port\": 80", "\"port\": 70000", "appExtCpd[0].additionalServiceData[0].portData[0].port", "from 1 to 65535")]
    [InlineData("\"protocol\": \"TCP\"", "\"protocol\": \"QUIC\"", "appExtCpd[0].additionalServiceData[0].portData[0].protocol", "none of TCP, UDP, SCTP")]
    [InlineData("FORWARD_AS_IS", "FORWARD", "appTrafficRule[0].action", "none of DROP, FORWARD_DECAPSULATED")]
    [InlineData("\"filterType\": \"FLOW\"", "\"filterType\": \"HTTP\"", "appTrafficRule[0].filterType", "none of FLOW, PACKET")]
    [InlineData("\"priority\": 1", "\"priority\": 256", "appTrafficRule[0].priority", "from 0 to 255")]
    [InlineData("\"FORWARD_AS_IS\"", "\"DUPLICATE_DECAPSULATED\"", "appTrafficRule[0].dstInterface", "needs 2 destination interfaces, 1 given")]
    [InlineData("10.0.0.1-10.0.0.9", "10.0.0.9-10.0.0.1", "appTrafficRule[0].trafficFilter[0].srcAddress", "is not an IP address")]
    [InlineData("10.0.0.1-10.0.0.9", "10.0.0.0/33", "appTrafficRule[0].trafficFilter[0].srcAddress", "is not an IP address")]
    [InlineData("10.0.0.1-10.0.0.9", "10", "appTrafficRule[0].trafficFilter[0].srcAddress", "is not an IP address")]
    [InlineData("8080-8090", "8090-8080", "appTrafficRule[0].trafficFilter[0].dstPort", "is not a port")]
    [InlineData("[ \"tcp\" ]", "[ \"http\" ]", "appTrafficRule[0].trafficFilter[0].protocol", "\"HTTP\" is not one of ANY, TCP")]
    [InlineData("\"dSCP\": 0", "\"dSCP\": 64", "appTrafficRule[0].trafficFilter[0].dSCP", "from 0 to 63")]
    [InlineData("GTP_U", "VXLAN", "appTrafficRule[0].dstInterface.tunnelInfo.tunnelType", "none of GTP-U, GRE")]
    [InlineData("\"tunnelDstAddress\": \"10.0.0.1\"", "\"tunnelDstAddress\": \"gw\"", "appTrafficRule[0].dstInterface.tunnelInfo.tunnelDstAddress", "\"gw\" is no IP address")]
    [InlineData("\"TUNNEL\", \"tunnelInfo\"", "\"IP\", \"tunnelInfo\"", "appTrafficRule[0].dstInterface.tunnelInfo", "belongs to interfaces of type TUNNEL alone")]
    [InlineData("\"maxLatency\": 20000000", "\"maxLatency\": 0", "appLatency.maxLatency", "above 0")]
    [InlineData("\"appLatency\"", "\"userContextTransferCapability\": { \"statefulApplication\": true }, \"appLatency\"", "userContextTransferCapability", "says whether it supports")]
    [InlineData("\"appLatency\"", "\"terminateAppInstanceOpConfig\": { \"minGracefulTerminationTimeout\": 60, \"maxRecommendedGracefulTerminationTimeout\": 10 }, \"appLatency\"", "terminateAppInstanceOpConfig.maxRecommendedGracefulTerminationTimeout", "below the minimum")]
    [InlineData("\"appLatency\"", "\"appDNSRule\": [ { \"dnsRuleId\": \"d\", \"domainName\": \"host\", \"ipAddressType\": \"IP_V4\", \"ipAddress\": \"192.0.2.1\" } ], \"appLatency\"", "appDNSRule[0].domainName", "no fully qualified domain name")]
    [InlineData("\"appLatency\"", "\"appDNSRule\": [ { \"dnsRuleId\": \"d\", \"domainName\": \"a.example\", \"ipAddressType\": \"IP_V6\", \"ipAddress\": \"192.0.2.1\" } ], \"appLatency\"", "appDNSRule[0].ipAddress", "no IPv6 address")]
    [InlineData("\"appLatency\"", "\"mciopId\": \"m\", \"appLatency\"", "mciopId", "belong to container applications")]
    [InlineData("\"appLatency\"", "\"appServiceRequired\": [ { \"serName\": \"RNIS\" } ], \"appLatency\"", "appServiceRequired[0]", "no version, which is mandatory")]
    [InlineData("\"appLatency\"", "\"transportDependencies\": [ { \"transport\": { \"type\": \"RPC\", \"protocol\": \"p\", \"version\": \"1\" }, \"serializers\": [ \"YAML\" ], \"labels\": [ \"a\" ] } ], \"appLatency\"", "transportDependencies[0].serializers", "none of JSON, XML, PROTOBUF3")]
    [InlineData("\"appLatency\"", "\"bootData\": { \"environment\": { \"A B\": \"x\" } }, \"appLatency\"", "bootData", "cannot name an environment variable")]
    public void A_broken_rule_is_refused_at_its_path(string what, string by, string path, string sentence)
    {
        Assert.Contains(what, Samples.Json, StringComparison.Ordinal);

        var reading = Descriptor.Read(Samples.Json.Replace(what, by, StringComparison.Ordinal));

        Assert.Null(reading.Content);
        var fault = Assert.Single(reading.Errors);
        Assert.Equal(path, fault.Path);
        Assert.Contains(sentence, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var reading = Descriptor.Read(Samples.Json.Replace("\"appName\"", "\"appNom\"", StringComparison.Ordinal)
            .Replace("\"port\": 80", "\"port\": 0", StringComparison.Ordinal).Replace("\"priority\": 1", "\"priority\": -1", StringComparison.Ordinal));

        Assert.Equal(["", "appExtCpd[0].additionalServiceData[0].portData[0].port", "appTrafficRule[0].priority"], reading.Errors.Select(f => f.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Two_rules_with_one_id_are_refused()
    {
        var rule = Samples.Tosca[Samples.Tosca.IndexOf("          - dns_rule_id", StringComparison.Ordinal)..Samples.Tosca.IndexOf("    Vdu:", StringComparison.Ordinal)];

        var fault = Assert.Single(Descriptor.Read(Samples.Tosca.Replace(rule, rule + rule, StringComparison.Ordinal)).Errors);

        Assert.Equal(("duplicate-id", "topology_template.node_templates.Counter.properties.app_dns_rule[1].dns_rule_id"), (fault.Rule, fault.Path));
    }

    [Fact]
    public void A_requirement_on_a_node_that_does_not_exist_is_refused() => Assert.Equal("dangling-reference",
        Assert.Single(Descriptor.Read(Samples.Tosca.Replace("virtual_binding: Vdu", "virtual_binding: Vm", StringComparison.Ordinal)).Errors).Rule);

    [Fact]
    public void A_latency_that_forgot_its_unit_is_told() => Assert.Contains(
        Descriptor.Accepted(Samples.Json.Replace("20000000", "20", StringComparison.Ordinal)).Warnings, w => w.Rule == "latency-unit" && w.Path == "appLatency.maxLatency");

    [Theory]
    [InlineData("just text", "a single value")]
    [InlineData("- a\n- b\n", "a list")]
    [InlineData("a: b\n", "no application descriptor")]
    [InlineData("tosca_definitions_version: tosca_simple_yaml_1_3\n", "no topology_template")]
    [InlineData("tosca_definitions_version: x\ntopology_template: { node_templates: { a: { type: b } } }\n", "No node template is an application")]
    public void What_is_no_descriptor_is_told_in_one_sentence(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Descriptor.Read(text).Errors).Message, StringComparison.Ordinal);
}
