using Mano.Packages.AppD;
using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>An AppD in MEC 010-2's own attribute names, JSON or YAML; snake case is taken as well.</summary>
internal static class AppDReader
{
    internal static AppDescriptor Read(MapNode root, Place at, ReadingContext context)
    {
        // The REST representation wraps the descriptor (MEC 010-2 v3, GET …/appd).
        if (root.Entries is [{ Key: "AppD" or "appD" or "appd", Value: MapNode inner }])
        {
            at = at.Child(root.Entries[0].Key, root.Entries[0].Line);
            root = inner;
        }

        var a = new Attributes(context, root, at, "application descriptor");
        var compute = a.Object("virtual compute descriptor", "virtualComputeDescriptor");
        var terminate = a.Object("terminate configuration", "terminateAppInstanceOpConfig");
        var change = a.Object("change state configuration", "changeAppInstanceStateOpConfig");
        var mcio = a.Object("MCIO identification", "mcioIdentificationData");
        var app = AppAttributes.Read(a, new AppDescriptor
        {
            AppDId = a.RequiredText("appDId"),
            AppName = a.RequiredText("appName"),
            AppProvider = a.RequiredText("appProvider"),
            AppSoftVersion = a.RequiredText("appSoftVersion", "appSoftwareVersion"),
            AppDVersion = a.RequiredText("appDVersion"),
            AppInfoName = a.Text("appInfoName"),
            AppDescription = a.RequiredText("appDescription"),
            VirtualComputeDescriptor = compute is null ? null : ComputeReader.Read(compute, "compute"),
            OsContainerDescriptor = [.. a.Objects("OS container descriptor", "osContainerDescriptor").Select(c => ImageReader.ReadContainer(c))],
            SwImageDescriptor = [.. a.Objects("software image", "swImageDescriptor").Select(i => ImageReader.Read(i))],
            VirtualStorageDescriptor = [.. a.Objects("virtual storage descriptor", "virtualStorageDescriptor").Select(StorageReader.Read)],
            AppExtCpd = [.. a.Objects("external connection point", "appExtCpd").Select(c => ConnectionPointReader.Read(c))],
            TerminateAppInstanceOpConfig = terminate is null ? null : SettingsReader.ReadTerminate(terminate),
            ChangeAppInstanceStateOpConfig = change is null ? null : SettingsReader.ReadChangeState(change),
            MciopId = a.Text("mciopId"),
            McioIdentificationData = mcio is null ? null : new(mcio.RequiredText("name"), mcio.RequiredText("type")),
            LogicalNode = ComputeReader.ReadLogicalNodes(a),
            RequestAdditionalCapabilities = ComputeReader.ReadCapabilities(a),
            McioConstraintParams = a.Texts("mcioConstraintParams"),
            BootData = SettingsReader.ReadBootData(a),
        });
        a.ReportUnknown();
        return context.Sources.Remember(app, a);
    }
}
