using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Granting;
using Mano.Meo.Inventory;
using Mano.Meo.Lifecycle;
using Mano.Packages;
using Mano.Packages.AppD;
using V1 = Mano.Common.V1;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Sites;

/// <summary>From an AppD and what the MEO decided to what a site is told.</summary>
internal static class DesiredAppWire
{
    /// <summary>The vduStorageRequirements entry that says where the application wants a disk: the standard has no attribute for it.</summary>
    private const string MountPath = "mountPath";

    public static Wire.DesiredAppInstance ToWire(DesiredApp desired)
    {
        var wire = new Wire.DesiredAppInstance
        {
            AppInstanceId = desired.AppInstanceId,
            Generation = desired.Generation,
            HostId = desired.HostId,
            PowerState = desired.Started ? Wire.DesiredAppInstance.Types.PowerState.Started : Wire.DesiredAppInstance.Types.PowerState.Stopped,
            Compute = Compute(desired),
            Platform = PlatformWire.ToWire(desired.Package.Descriptor),
            Grant = GrantWire.ToWire(desired.Grant),
            Tenant = Tenants.Default,
        };
        if (desired.GracefulStop > TimeSpan.Zero)
        {
            wire.GracefulStopTimeout = Duration.FromTimeSpan(desired.GracefulStop);
        }

        return wire;
    }

    private static Wire.ComputeRequirements Compute(DesiredApp desired)
    {
        var app = desired.Package.Descriptor;
        var compute = new Wire.ComputeRequirements
        {
            Name = desired.Name,
            Resources = SiteWire.ToWire(PlacementNeeds.AmountOf(app)),
            BootData = BootData(app),
            RestartPolicy = Wire.ComputeRequirements.Types.RestartPolicy.Always,
            CpuArchitecture = Architecture(app),
            ChartValues = desired.Package.ChartValuesWith(desired.Wishes),
        };
        compute.Images.AddRange(ImagesOf(app, desired.Package.Artifacts));
        compute.Ports.AddRange(PortsOf(app));
        compute.Volumes.AddRange(VolumesOf(app));
        compute.Groups.AddRange(GroupsOf(desired.Wishes));
        foreach (var (name, value) in (app.BootData?.Environment ?? new Dictionary<string, string>()).OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            compute.Environment.Add(name, value);
        }

        return compute;
    }

    /// <summary>A package that is deployed by a chart has the chart as its one image.</summary>
    private static IEnumerable<Wire.Image> ImagesOf(AppDescriptor app, IReadOnlyList<Artifact> artifacts) => SoftwareKinds.ChartOf(app, artifacts) is { } chart
        ? [new() { Id = SoftwareKinds.Chart, Name = Path.GetFileName(chart.Path), Version = app.AppSoftVersion, Kind = SoftwareKinds.Chart, Sha256 = chart.Sha256, SizeBytes = chart.Size }]
        : ImageKinds.ImagesOf(app).Select(i => ToWire(i, ImageKinds.ArtifactOf(i, artifacts)));

    private static IEnumerable<Wire.Volume> VolumesOf(AppDescriptor app) => ImageKinds.VolumesOf(app).Select(s => new Wire.Volume
    {
        Name = s.Id, SizeGib = s.SizeGib, Path = s.BlockStorageData?.VduStorageRequirements.GetValueOrDefault(MountPath) ?? "",
    });

    private static IEnumerable<Wire.AffinityGroup> GroupsOf(InstanceWishes? wishes) => wishes is null ? [] :
    [
        .. wishes.Together.Select(name => new Wire.AffinityGroup { Name = name, Rule = Wire.AffinityGroup.Types.Rule.Together }),
        .. wishes.Apart.Select(name => new Wire.AffinityGroup { Name = name, Rule = Wire.AffinityGroup.Types.Rule.Apart }),
    ];

    private static string BootData(AppDescriptor app) =>
        app.BootData?.UserData ?? (app.OsContainerDescriptor.Count > 0 ? app.OsContainerDescriptor[0].BootData : null) ?? "";

    private static Wire.Image ToWire(SwImageDescriptor image, Artifact? artifact) => new()
    {
        Id = image.Id,
        Name = image.Name,
        Version = image.Version,
        Kind = artifact is null ? ImageKinds.Reference : ImageKinds.Of(image, artifact),
        Sha256 = artifact?.Sha256 ?? "",
        SizeBytes = artifact?.Size ?? image.Size ?? 0,
        Reference = artifact is null ? Named(image) : "",
        DiskFormat = image.DiskFormat ?? FormatOf(image, artifact),
    };

    /// <summary>Of a disk whose descriptor is silent: what its file begins as.</summary>
    private static string FormatOf(SwImageDescriptor image, Artifact? artifact) =>
        artifact is null || ImageKinds.Of(image, artifact) != SoftwareKinds.Vm ? "" : artifact.MediaType == "application/x-qemu-disk" ? "QCOW2" : "RAW";

    /// <summary>What a VIM with images of its own may know it by.</summary>
    private static string Named(SwImageDescriptor image) => image.SwImage.Length > 0 ? image.SwImage : $"{image.Name}:{image.Version}";

    private static string Architecture(AppDescriptor app) => app.VirtualComputeDescriptor?.VirtualCpu.CpuArchitecture is { Length: > 0 } spelled
        ? Placement.Filters.CpuArchitectures.Canonical(spelled)
        : "";

    internal static IEnumerable<V1.Port> PortsOf(AppDescriptor app) => app.AppExtCpd
        .SelectMany(cpd => cpd.Ports)
        .DistinctBy(p => p.Name)
        .Select(p => new V1.Port { Name = p.Name, Protocol = p.Protocol.ToString().ToUpperInvariant(), Number = (uint)p.Port });
}
