using Mano.Packages.AppD;

namespace Mano.Packages.Explaining;

/// <summary>
/// What a package may ask for and this orchestrator, or the platforms and VIMs it ships with, do not do. Part of the promise to
/// providers: whoever teaches the system one of these takes its line out.
/// </summary>
internal static class Unsupported
{
    internal static IEnumerable<string> Of(PackageContent content)
    {
        var app = content.Descriptor;
        return Compute(app).Concat(Charts(content)).Concat(Network(app)).Concat(Rules(app)).Concat(Policies(app));
    }

    private static IEnumerable<string> Compute(AppDescriptor app)
    {
        if (app.SwImageDescriptor.Count > 1)
        {
            yield return $"{app.SwImageDescriptor.Count} software images: an instance is one compute, so the first alone is started ({app.SwImageDescriptor[0].Name}). Make a package of each of the others.";
        }

        foreach (var image in app.SwImageDescriptor.Take(1).Where(i => i.DiskFormat is not (null or "QCOW2" or "RAW") && SoftwareKinds.Of(i, null) == SoftwareKinds.Vm))
        {
            yield return $"{image.Name} is a disk of format {image.DiskFormat}; VIMs here take QCOW2 and RAW, so an instance would be refused at the site (IMAGE_FORMAT_UNKNOWN). Convert it (qemu-img convert).";
        }

        if (app.OsContainerDescriptor.Count > 1)
        {
            yield return $"{app.OsContainerDescriptor.Count} containers: an instance is one compute; room for all of them is held, and the one of the first image is started.";
        }

        if (app.VirtualComputeDescriptor is { VirtualCpu: var cpu, VirtualMemory: var memory })
        {
            if (cpu.VirtualCpuClock is not null || cpu.VirtualCpuPinning is not null || cpu.VirtualCpuOversubscriptionPolicy is not null || cpu.VduCpuRequirements.Count > 0)
            {
                yield return "CPU clock, pinning, oversubscription and further CPU requirements are not told to a VIM; static pinning asks for hosts whose operator says they have cpu-pinning.";
            }

            if (memory.NumaEnabled || memory.HugePagesRequirements is not null || memory.VirtualMemOversubscriptionPolicy is not null || memory.VduMemRequirements.Count > 0)
            {
                yield return "NUMA, huge pages, oversubscription and further memory requirements are not told to a VIM; NUMA and huge pages ask for hosts whose operator says they have numa, hugepages.";
            }
        }

        if (app.VirtualStorageDescriptor.Any(s => s.TypeOfStorage == StorageType.ObjectStore))
        {
            yield return "Object storage is counted when a host is chosen; no VIM here provides it.";
        }

        if (app.VirtualStorageDescriptor.Any(s => s.TypeOfStorage != StorageType.ObjectStore))
        {
            yield return "Block and file storage is counted when a host is chosen; its size is kept by OpenStack (with Cinder) and Kubernetes, and not by LocalContainers and LocalProcess.";
        }
    }

    private static IEnumerable<string> Charts(PackageContent content)
    {
        var charts = content.Artifacts.Where(SoftwareKinds.IsChart).ToList();
        if (SoftwareKinds.DeployedChart(content.Descriptor, content.Artifacts) is { } chart)
        {
            var beside = string.Join(" and ", Beside(content.Descriptor));
            if (beside.Length > 0)
            {
                yield return $"Beside the chart {chart.Path} the descriptor asks for {beside}; hosts with Kubernetes refuse that, for it is the chart's to say. Take it out of the descriptor.";
            }
        }
        else if (charts.Count > 1)
        {
            yield return $"{charts.Count} Helm charts ({string.Join(", ", charts.Take(3).Select(c => c.Path))}): an application is deployed by one, so none is installed; all can be downloaded.";
        }
        else if (charts.Count == 1)
        {
            yield return $"The Helm chart {charts[0].Path} is not installed, because the package brings the descriptor's image itself and that is started; it can be downloaded.";
        }
        else if (content.Descriptor.MciopId is not null)
        {
            yield return "The descriptor names a chart (mciopId), and there is none in the package: put it, packed by 'helm package', into Artifacts/Deployment/Charts.";
        }
    }

    private static IEnumerable<string> Beside(AppDescriptor app)
    {
        if (app.VirtualStorageDescriptor.Any(s => s.TypeOfStorage != StorageType.ObjectStore && s.BlockStorageData?.SwImageDesc is null))
        {
            yield return "storage";
        }

        if (app.BootData?.UserData is { Length: > 0 } || app.OsContainerDescriptor is [{ BootData.Length: > 0 }, ..])
        {
            yield return "boot data";
        }
    }

    private static IEnumerable<string> Network(AppDescriptor app)
    {
        foreach (var port in app.AppExtCpd.SelectMany(c => c.Ports).Where(p => p.Protocol == PortProtocol.Sctp))
        {
            yield return $"Port {port.Name} is SCTP; VIMs here carry TCP and UDP, so an instance would be refused at the site (UNSUPPORTED_PROTOCOL).";
        }

        if (app.AppExtCpd.Any(c => c.TrunkMode || c.VirtualNetworkInterfaceRequirements.Count > 0))
        {
            yield return "Trunk mode and network interface requirements (SR-IOV and the like) are kept with the package, and no VIM here is told.";
        }
    }

    private static IEnumerable<string> Rules(AppDescriptor app)
    {
        foreach (var rule in app.AppTrafficRule)
        {
            if (rule.Action is TrafficAction.DuplicateDecapsulated or TrafficAction.DuplicateEncapsulated)
            {
                yield return $"Rule {rule.TrafficRuleId} copies traffic, which sites with a packet data plane do (--data-plane nft), and those with a SOCKS gateway do not.";
            }

            if (rule.DstInterface.Any(d => d.InterfaceType == InterfaceType.Mac || d.TunnelInfo is { TunnelType: TunnelType.Gre }))
            {
                yield return $"Rule {rule.TrafficRuleId} leads to a MAC address or a GRE tunnel; platforms here reach IP addresses, so it stays without effect.";
            }
            else if (rule.DstInterface.Any(d => d.InterfaceType == InterfaceType.Tunnel))
            {
                yield return $"Rule {rule.TrafficRuleId} leads into a GTP-U tunnel, which a site does only if its platform says so in its capabilities.";
            }

            if (rule.TrafficFilter.Any(f => f.Tag.Count + f.Uri.Count + f.PacketLabel.Count > 0 || f.Qci is not null))
            {
                yield return $"Rule {rule.TrafficRuleId} matches tags, URIs, packet labels or a QCI, which platforms here do not see: such an alternative matches nothing.";
            }

            if (rule.TrafficFilter.Any(f => f.Protocol.Count > 0 && !f.Protocol.Any(p => p is "TCP" or "6" or "ANY" or "IP" or "IPV4" or "IPV6")))
            {
                yield return $"Rule {rule.TrafficRuleId} is for other protocols than TCP, which sites with a SOCKS gateway do not carry; those with a packet data plane do.";
            }
        }
    }

    private static IEnumerable<string> Policies(AppDescriptor app)
    {
        if (app.TransportDependencies.Count > 0)
        {
            yield return "transportDependencies of the services it produces are kept with the package; hosts are not chosen by them.";
        }

        if (app.AppServiceOptional.Count > 0 || app.AppFeatureOptional.Count > 0)
        {
            yield return "Optional services and features make one host better than another only where the MEO's operator gave the scorer locality a weight.";
        }

        if (app.UserContextTransferCapability is { StatefulApplication: true })
        {
            yield return "User contexts do not follow the user: nothing here moves an instance's state to another host.";
        }

        if (app.AppNetworkPolicy is not null)
        {
            yield return "appNetworkPolicy is kept with the package; no platform here steers by access network.";
        }
    }
}
