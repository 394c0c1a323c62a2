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
            TrunkMode = cpd.Flag("trunkMode") ?? false,
            VirtualNetworkInterfaceRequirements = [.. a.Objects("network interface requirement", "virtualNetworkInterfaceRequirements").Select(ReadInterface)],
            AdditionalServiceData = [.. a.Objects("service data", "additionalServiceData").Select(ReadServiceData)],
        };

        // cpProtocol/protocol describe addressing; vnic*, order, bitrate and the rest are hints to an NFV VIM.
        cpd.Ignore("cpProtocol", "protocol", "vnicName", "vnicType", "vnicOrder", "order", "portSecurityEnabled", "bitrateRequirement", "securityGroupRuleId");
        cpd.ReportUnknown();
        if (!ReferenceEquals(cpd, a))
        {
            a.ReportUnknown();
        }

        return a.Context.Sources.Remember(point, a);
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
