using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Tosca;

/// <summary>Compute, containers, storage, images and connection points of a template (MEC 037 §5.2.4).</summary>
internal static class ToscaResources
{
    private const string Compute = "tosca.nodes.nfv.Vdu.Compute";
    private const string Container = "tosca.nodes.nfv.Vdu.OsContainer";
    private const string Unit = "tosca.nodes.nfv.Vdu.OsContainerDeployableUnit";
    private const string Mciop = "tosca.nodes.nfv.Mciop";
    private const string ConnectionPoint = "tosca.nodes.nfv.VduCp";

    private static readonly string[] Storages =
    [
        "tosca.nodes.nfv.Vdu.VirtualBlockStorage", "tosca.nodes.nfv.Vdu.VirtualObjectStorage",
        "tosca.nodes.nfv.Vdu.VirtualFileStorage", "tosca.nodes.nfv.Vdu.VirtualStorage",
    ];

    internal static bool Reads(string baseType) =>
        baseType is Compute or Container or Unit or Mciop or ConnectionPoint || Storages.Contains(baseType);

    internal static AppDescriptor Read(
        ServiceTemplate template, ReadingContext context, IReadOnlyList<SwImageDescriptor> packageImages, AppDescriptor app)
    {
        var images = ToscaImages.FromArtifacts(template, context);
        var computes = template.Of(Compute).ToList();
        foreach (var extra in computes.Skip(1))
        {
            context.Demand("one-compute", extra.At, $"An application is realised by one virtual machine (MEC 010-2 §6.2.1.2); {computes[0].Name} is taken, {extra.Name} is not run.");
        }

        app = computes is [var vm, ..] ? ReadCompute(vm, template, context, app, images) : app;
        if (images.Count == 0)
        {
            images.AddRange(packageImages);
        }

        if (images.Count == 0)
        {
            images.AddRange(computes.Take(1).SelectMany(c => ToscaImages.Named(c, context)));
        }

        app = ReadContainers(template, context, app);
        return app with
        {
            SwImageDescriptor = images,
            VirtualStorageDescriptor = [.. template.Of(Storages).Select(n =>
                StorageReader.ReadNode(n.Properties(template.Types, context, "virtual storage"), n.Name, n.BaseType))],
            AppExtCpd = [.. template.Of(ConnectionPoint).Select(n =>
                ConnectionPointReader.Read(n.Properties(template.Types, context, "connection point"), n.Name))],
        };
    }

    private static AppDescriptor ReadCompute(
        NodeTemplate node, ServiceTemplate template, ReadingContext context, AppDescriptor app, List<SwImageDescriptor> images)
    {
        var properties = node.Properties(template.Types, context, "compute node");
        var boot = SettingsReader.ReadBootData(properties);
        if (properties.Object("VDU profile", "vduProfile") is { } profile
            && (profile.Text("minNumberOfInstances") is not (null or "1") || profile.Text("maxNumberOfInstances") is not (null or "1")))
        {
            context.Faults.Warn("one-instance", profile.At, "An application runs as one instance (MEC 037 §5.2.4.2); the profile's minimum and maximum count as 1.");
        }

        properties.Ignore("name", "description", "swImageData", "image", "imageVersion", "monitoringParameters", "configurableProperties", "bootOrder");
        properties.ReportUnknown();
        if (node.Capability("virtual_compute") is not { } capability)
        {
            context.Faults.Error("missing-attribute", node.At, "The compute node has no capabilities.virtual_compute.properties, so its CPU and memory are unknown.");
            return app with { BootData = boot };
        }

        var compute = ComputeReader.Read(new Attributes(context, capability.Node, capability.At, "virtual compute"), node.Name);
        return app with { VirtualComputeDescriptor = compute, BootData = boot };
    }

    private static AppDescriptor ReadContainers(ServiceTemplate template, ReadingContext context, AppDescriptor app)
    {
        var containers = new List<OsContainerDescriptor>();
        foreach (var node in template.Of(Container))
        {
            var image = node.Artifacts().Where(x => ToscaImages.IsImage(x.Node)).Select(x => x.Name).FirstOrDefault();
            containers.Add(ImageReader.ReadContainer(node.Properties(template.Types, context, "OS container"), node.Name, image));
        }

        app = app with { OsContainerDescriptor = containers, MciopId = template.Of(Mciop).FirstOrDefault()?.Name };
        if (template.Of(Unit).FirstOrDefault() is not { } unit)
        {
            return app;
        }

        var a = unit.Properties(template.Types, context, "deployable unit");
        var identification = a.Object("MCIO identification", "mcioIdentificationData");
        app = app with
        {
            McioIdentificationData = identification is null ? null : new(identification.RequiredText("name"), identification.RequiredText("type")),
            LogicalNode = ComputeReader.ReadLogicalNodes(a),
            RequestAdditionalCapabilities = ComputeReader.ReadCapabilities(a),
            McioConstraintParams = a.Texts("mcioConstraintParams"),
        };
        a.Ignore("name", "description", "vduProfile", "monitoringParameters", "configurableProperties", "bootData");
        a.ReportUnknown();
        return app;
    }
}
