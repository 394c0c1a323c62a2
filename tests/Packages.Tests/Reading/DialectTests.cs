using Mano.Packages.AppD;

namespace Mano.Packages.Tests.Reading;

/// <summary>Every dialect and every old spelling ends in the one model.</summary>
public sealed class DialectTests
{
    [Fact]
    public void Plain_JSON_in_the_names_of_MEC_010_2_is_read()
    {
        var app = Descriptor.Accepted(Samples.Json).Descriptor;

        Assert.Equal(["2.2.1", "3.2.1"], app.MecVersion);
        Assert.Equal((2, 512, 1800), (app.Need().Vcpus, app.VirtualComputeDescriptor!.VirtualMemory.VirtualMemSize, app.VirtualComputeDescriptor.VirtualCpu.VirtualCpuClock));
        var rule = Assert.Single(app.AppTrafficRule);
        Assert.Equal((TrafficAction.ForwardEncapsulated, TunnelType.GtpU), (rule.Action, Assert.Single(rule.DstInterface).TunnelInfo!.TunnelType));
        Assert.Equal((5, 0, 1), (rule.TrafficFilter[0].Qci, rule.TrafficFilter[0].Dscp, rule.TrafficFilter[0].Tc));
        Assert.Equal(["t"], rule.TrafficFilter[0].Tag);
        Assert.Equal(["TCP"], rule.TrafficFilter[0].Protocol);
        Assert.Equal(("cp", "http", 80, true), (app.AppExtCpd[0].CpdId, app.AppExtCpd[0].Ports.Single().Name, app.AppExtCpd[0].Ports.Single().Port, app.AppExtCpd[0].Ports.Single().PortConfigurable));
        Assert.Equal(new SteeredNetwork(true, true, false), app.AppNetworkPolicy!.SteeredNetwork);
    }

    [Fact]
    public void Old_spellings_are_read_and_told()
    {
        var warnings = Descriptor.Accepted(Samples.Json).Warnings.Where(w => w.Rule == "old-spelling").Select(w => w.Path);

        Assert.Equal(["appTrafficRule[0].action", "appTrafficRule[0].dstInterface.tunnelInfo.tunnelType"], warnings.Order());
    }

    [Fact]
    public void Snake_case_and_camel_case_mean_the_same()
    {
        var snake = Samples.Json.Replace("\"appDId\"", "\"app_d_id\"", StringComparison.Ordinal).Replace("\"appSoftVersion\"", "\"app_soft_version\"", StringComparison.Ordinal)
            .Replace("\"srcAddress\"", "\"src_address\"", StringComparison.Ordinal).Replace("\"wi-fiNetwork\"", "\"wifi_network\"", StringComparison.Ordinal).Replace("\"qCI\"", "\"qci\"", StringComparison.Ordinal);

        Assert.Equal(AppDescriptorJson.Serialize(Descriptor.Accepted(Samples.Json).Descriptor), AppDescriptorJson.Serialize(Descriptor.Accepted(snake).Descriptor));
    }

    [Theory]
    [InlineData(Samples.Json)]
    [InlineData(Samples.Tosca)]
    public void What_is_stored_is_read_again_as_the_same_descriptor(string text)
    {
        var app = Descriptor.Accepted(text).Descriptor;
        var json = AppDescriptorJson.Serialize(app);

        Assert.Equal(json, AppDescriptorJson.Serialize(AppDescriptorJson.Deserialize(json)));
        Assert.Equal(json, AppDescriptorJson.Serialize(Descriptor.Accepted(json).Descriptor));
    }

    [Fact]
    public void The_wrapped_form_of_the_REST_API_is_read() =>
        Assert.Equal("Counter", Descriptor.Accepted("{ \"AppD\": " + Samples.Json + "}").Descriptor.AppName);

    [Fact]
    public void A_service_template_of_MEC_037_is_read()
    {
        var app = Descriptor.Accepted(Samples.Tosca).Descriptor;

        Assert.Equal(("5f0c1a52-1f6a-4d0e-9a3c-0a9c2b1e7d10", "Counter", "Example", "Counts"), (app.AppDId, app.AppName, app.AppProvider, app.AppDescription));
        Assert.Equal(128, app.VirtualComputeDescriptor!.VirtualMemory.VirtualMemSize); // by get_input's default
        Assert.Equal(("0.0.0.0", InterfaceType.Ip), (app.AppTrafficRule[0].DstInterface[0].DstIpAddress, app.AppTrafficRule[0].DstInterface[0].InterfaceType));
        Assert.Equal(("sw_image", "BARE", "mano-process"), (app.SwImageDescriptor[0].Id, app.SwImageDescriptor[0].ContainerFormat, app.SwImageDescriptor[0].SupportedVirtualisationEnvironment[0]));
        Assert.False(app.AppSupportMp1);
    }

    [Fact]
    public void An_input_without_a_default_is_told_where_it_is_used()
    {
        var reading = Descriptor.Read(Samples.Tosca.Replace("{ type: string, default: 128 MiB }", "{ type: string }", StringComparison.Ordinal));

        const string path = "topology_template.node_templates.Vdu.capabilities.virtual_compute.properties.virtual_memory.virtual_mem_size";
        Assert.Contains(reading.Faults, f => f.Rule == "function" && f.Path == path && f.Message.Contains("\"memory\" has no default", StringComparison.Ordinal));
        Assert.Null(reading.Content);
    }

    [Fact]
    public void Attributes_that_are_not_known_are_told_and_never_silently_dropped()
    {
        var reading = Descriptor.Read(Samples.Tosca.Replace("mec_version: [ '3.2.1' ]", "mec_version: [ '3.2.1' ]\n        app_colour: red", StringComparison.Ordinal));

        var warning = Assert.Single(reading.Content!.Warnings, w => w.Rule == "unknown-attribute");
        Assert.Equal("topology_template.node_templates.Counter.properties.app_colour", warning.Path);
    }

    [Fact]
    public void An_application_of_OS_containers_is_read()
    {
        var app = Descriptor.Accepted("""
            appDId: c1
            appName: c
            appProvider: p
            appSoftVersion: '1'
            appDVersion: '1'
            mecVersion: 3.2.1
            appDescription: d
            osContainerDescriptor:
              - { osContainerDescId: web, name: web, description: d, swImageDesc: i, requestedCpuResources: 250, requestedMemoryResources: 64 }
              - { osContainerDescId: side, name: side, description: d, swImageDesc: i, requestedCpuResources: 500, requestedMemoryResources: 64 MiB }
            swImageDescriptor:
              - { id: i, name: i, version: '1', containerFormat: docker, swImage: 'registry.example/i:1' }
            appExtCpd:
              - { cpdId: cp }
            mcioIdentificationData: { name: web, type: Deployment }
            """).Descriptor;

        Assert.Equal(new ResourceNeed(750, 128, 0), app.Need());
        Assert.Equal("Deployment", app.McioIdentificationData!.Type);
    }

    [Theory]
    [InlineData("8192 MiB", 8192)]
    [InlineData("8192", 8192)]
    [InlineData("2 GB", 1908)]
    [InlineData("2GiB", 2048)]
    [InlineData("0.5 GiB", 512)]
    [InlineData("1 B", 1)]
    public void Sizes_become_MiB_and_round_up(string written, int mebibytes) =>
        Assert.Equal(mebibytes, Descriptor.Accepted(Samples.Tosca.Replace("default: 128 MiB", $"default: {written}", StringComparison.Ordinal)).Descriptor.Need().MemoryMib);

    [Theory]
    [InlineData("8192 MegaBytes")]
    [InlineData("-1 MiB")]
    [InlineData("99999999999999999999 TB")]
    [InlineData("much")]
    public void What_is_no_size_is_refused_where_it_stands(string written) => Assert.Contains(
        Descriptor.Read(Samples.Tosca.Replace("default: 128 MiB", $"default: '{written}'", StringComparison.Ordinal)).Errors,
        f => f.Path.EndsWith("virtual_memory.virtual_mem_size", StringComparison.Ordinal) && f.Message.Contains(written, StringComparison.Ordinal));
}
