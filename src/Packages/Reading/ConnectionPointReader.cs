using Mano.Packages.AppD;

namespace Mano.Packages.Reading;

/// <summary>External connection points: appExtCpd of the AppD, VduCp of TOSCA.</summary>
internal static class ConnectionPointReader
{
    internal static AppExternalCpd Read(Attributes a, string? id = null)
    {
        // The OpenAPI file nests what the standard inherits from Cpd.
        var cpd = a.Object("connection point", "inherited_attributes") ?? a;
        var point = new AppExternalCpd
        {
            CpdId = id ?? cpd.RequiredText("cpdId", "id"),
            LayerProtocol = cpd.Texts("layerProtocol", "layerProtocols"),
            CpRole = cpd.Text("cpRole", "role"),
            Description = cpd.Text("description"),
            CpProtocol = [.. cpd.Objects("connection point protocol", "cpProtocol", "protocol").Select(ReadProtocol)],
            TrunkMode = cpd.Flag("trunkMode") ?? false,
            VirtualNetworkInterfaceRequirements = [.. a.Objects("network interface requirement", "virtualNetworkInterfaceRequirements").Select(ReadInterface)],
            AdditionalServiceData = [.. a.Objects("service data", "additionalServiceData").Select(ReadServiceData)],
        };

        // vnic*, order, bitrate and the rest are hints to an NFV VIM.
        cpd.Ignore("vnicName", "vnicType", "vnicOrder", "order", "portSecurityEnabled", "bitrateRequirement", "securityGroupRuleId");
        cpd.ReportUnknown();
        if (!ReferenceEquals(cpd, a))
        {
            a.ReportUnknown();
        }

        return a.Context.Sources.Remember(point, a);
    }

    private static CpProtocol ReadProtocol(Attributes a)
    {
        var protocol = new CpProtocol(a.RequiredText("associatedLayerProtocol"), [.. a.Objects("address", "addressData").Select(ReadAddress)]);
        a.ReportUnknown();
        return protocol;
    }

    private static CpAddress ReadAddress(Attributes a)
    {
        var parts = a.Object("layer 2 address", "l2AddressData") ?? a.Object("layer 3 address", "l3AddressData");
        var address = new CpAddress(a.Text("addressType")?.ToUpperInvariant(), parts?.Flag("macAddressAssignment", "ipAddressAssignment") ?? false);
        a.Ignore("l2AddressData", "l3AddressData");
        a.ReportUnknown();
        return address;
    }

    private static VirtualNetworkInterfaceRequirements ReadInterface(Attributes a)
    {
        var requirement = new VirtualNetworkInterfaceRequirements(
            a.Text("name"), a.Text("description"), a.Flag("supportMandatory") ?? false,
            a.Pairs("networkInterfaceRequirements", "requirement"));
        a.Ignore("nicIoRequirements");
        a.ReportUnknown();
        return requirement;
    }

    private static AdditionalServiceData ReadServiceData(Attributes a)
    {
        if (!a.Has("portData"))
        {
            a.Missing<object?>(["portData"], null);
        }

        var ports = a.Objects("port", "portData").Select(ReadPort).ToList();
        var data = new AdditionalServiceData(ports, a.Text("serviceData"));
        a.ReportUnknown();
        return data;
    }

    private static PortData ReadPort(Attributes a)
    {
        var port = new PortData(
            a.RequiredText("name"),
            Words.PortProtocol.Required(a, "protocol"),
            a.Integer(1, 65535, "port") ?? (a.Has("port") ? 0 : a.Missing(["port"], 0)),
            a.Flag("portConfigurable") ?? false);
        a.ReportUnknown();
        return a.Context.Sources.Remember(port, a);
    }
}
