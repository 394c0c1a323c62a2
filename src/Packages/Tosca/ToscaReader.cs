using Mano.Packages.AppD;
using Mano.Packages.Documents;
using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>
/// An AppD as a TOSCA service template: MEC 037 (a node type derived from tosca.nodes.mec.MecApp) or the EdgeGallery
/// dialect (tosca.nodes.nfv.VNF and an app_configuration node). The tables cited are MEC 037's.
/// </summary>
internal static class ToscaReader
{
    private const string Configuration = "tosca.nodes.nfv.app.configuration";

    private static readonly string[] OtherNodes = ["tosca.nodes.nfv.VnfVirtualLink", "tosca.nodes.nfv.VnfExtCp"];

    internal static AppDescriptor? Read(ServiceTemplate template, ReadingContext context, IReadOnlyList<SwImageDescriptor> packageImages)
    {
        if (Application(template, context) is not { } node)
        {
            return null;
        }

        context.Lenient = !template.Types.Derives(node.Type, TypeCatalog.MecApp);
        var a = node.Properties(template.Types, context, "application node");
        foreach (var configuration in template.Of(Configuration))
        {
            if (configuration.Node.FindMap("properties") is { } properties)
            {
                a.Add(properties, configuration.At.Child("properties", properties.Line));
            }
        }

        var identity = Identity(a, template, context);
        var (terminate, change) = Operations(a);
        var app = ToscaResources.Read(template, context, packageImages, identity) with
        {
            TerminateAppInstanceOpConfig = terminate,
            ChangeAppInstanceStateOpConfig = change,
        };
        app = AppAttributes.Read(a, app);
        a.Ignore("flavourId", "flavourDescription", "vnfmInfo", "veVnfmVnfEnable", "veVnfmEmEnable", "localizationLanguages",
            "defaultLocalizationLanguage", "configurableProperties", "modifiableAttributes", "monitoringParameters", "vnfdId", "vnfdVersion");
        a.ReportUnknown();
        ReportOthers(template, node, context);
        RequirementRule.Check(template, context);
        return context.Sources.Remember(app, a);
    }

    private static NodeTemplate? Application(ServiceTemplate template, ReadingContext context)
    {
        var found = template.Nodes.Where(n => template.Types.Derives(n.Type, TypeCatalog.Vnf)).ToList();
        if (found.Count == 0 && template.Root.FindMap("topology_template")?.FindMap("substitution_mappings")?.FindText("node_type") is { } substituted)
        {
            // The type file is missing or incomplete; the template still says which node it stands for.
            found = [.. template.Nodes.Where(n => n.Type == substituted)];
        }

        if (found.Count > 1)
        {
            context.Faults.Error("application-node", found[1].At, $"{found[0].Name} and {found[1].Name} both are applications; a descriptor describes one.");
        }
        else if (found.Count == 0)
        {
            context.Faults.Error("application-node", template.At.Child("topology_template", 0).Child("node_templates", 0),
                $"No node template is an application: none has a type derived from {TypeCatalog.MecApp} (MEC 037) or {TypeCatalog.Vnf}.");
        }

        return found.FirstOrDefault();
    }

    /// <summary>Table 5.2.2-1.</summary>
    private static AppDescriptor Identity(Attributes a, ServiceTemplate template, ReadingContext context)
    {
        var metadata = template.Root.FindMap("metadata");
        var description = a.Text("productInfoDescription", "appDescription") ?? template.Root.FindText("description");
        if (description is null)
        {
            context.Demand("missing-attribute", a.At, "The application node has no product_info_description (appDescription), which is mandatory.");
        }

        return new()
        {
            AppDId = a.Text("descriptorId", "vnfdId", "appDId") ?? metadata?.FindText("vnfd_id") ?? a.Missing(["descriptor_id"], ""),
            AppName = a.Text("appName", "productName") ?? a.Missing(["product_name"], ""),
            AppProvider = a.Text("provider", "appProvider") ?? a.Missing(["provider"], ""),
            AppSoftVersion = a.Text("softwareVersion", "appSoftVersion") ?? a.Missing(["software_version"], ""),
            AppDVersion = a.Text("descriptorVersion", "vnfdVersion", "appDVersion") ?? a.Missing(["descriptor_version"], ""),
            AppInfoName = a.Text("productInfoName", "appInfoName"),
            AppDescription = description ?? "",
        };
    }

    private static (TerminateAppInstanceOpConfig? Terminate, ChangeAppInstanceStateOpConfig? Change) Operations(Attributes a)
    {
        if (a.Object("operations configuration", "lcmOperationsConfiguration") is not { } operations)
        {
            return (null, null);
        }

        var terminate = operations.Object("terminate configuration", "terminate");
        var operate = operations.Object("operate configuration", "operate");

        // The other operations of NFV do not exist in MEC.
        operations.Ignore("instantiate", "scale", "scaleToLevel", "changeFlavour", "heal", "changeExtConnectivity", "changeCurrentPackage",
            "createSnapshot", "revertToSnapshot", "selectCoordinationOptions");
        operations.ReportUnknown();
        return (terminate is null ? null : SettingsReader.ReadTerminate(terminate), operate is null ? null : SettingsReader.ReadChangeState(operate));
    }

    private static void ReportOthers(ServiceTemplate template, NodeTemplate application, ReadingContext context)
    {
        foreach (var node in template.Nodes)
        {
            var known = node == application || node.BaseType == Configuration || OtherNodes.Contains(node.BaseType)
                || ToscaResources.Reads(node.BaseType) || template.Types.Derives(node.Type, TypeCatalog.Vnf);
            if (!known)
            {
                context.Faults.Warn("not-in-appd", node.At, $"A node of type {node.Type} has no place in an application descriptor (MEC 010-2); it is ignored.");
            }
        }
    }
}
