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

        if (app.OsContainerDescriptor.Count > 1)
        {
            yield return $"{app.OsContainerDescriptor.Count} containers: an instance is one compute; room for all of them is held, and the one of the first image is started.";
        }

        if (app.VirtualComputeDescriptor is { VirtualCpu: var cpu, VirtualMemory: var memory })
        {
            if (cpu.VirtualCpuClock is not null || cpu.VirtualCpuPinning is not null || cpu.VirtualCpuOversubscriptionPolicy is not null || cpu.VduCpuRequirements.Count > 0)
            {
                yield return "CPU clock, pinning, oversubscription and further CPU requirements are kept with the package, and no VIM here is told.";
            }

            if (memory.NumaEnabled || memory.HugePagesRequirements is not null || memory.VirtualMemOversubscriptionPolicy is not null || memory.VduMemRequirements.Count > 0)
            {
                yield return "NUMA, huge pages, oversubscription and further memory requirements are kept with the package, and no VIM here is told.";
            }
        }

        if (app.VirtualStorageDescriptor.Any(s => s.TypeOfStorage == StorageType.ObjectStore))
        {
            yield return "Object storage is counted when a host is chosen; no VIM here provides it.";
        }

        if (app.VirtualStorageDescriptor.Any(s => s.TypeOfStorage != StorageType.ObjectStore))
        {
            yield return "Block and file storage is made as volumes by the container VIM and as folders by the process VIM; its size is counted when a host is chosen, and not enforced.";
        }
    }

    private static IEnumerable<string> Charts(PackageContent content)
    {
        var charts = content.Artifacts.Where(a => a.Path.Contains("/Charts/", StringComparison.OrdinalIgnoreCase) && a.MediaType == "application/gzip").ToList();
        if (charts.Count > 0 || content.Descriptor.MciopId is not null)
        {
            yield return $"Helm charts{(charts.Count > 0 ? $" ({string.Join(", ", charts.Take(3).Select(c => c.Path))})" : "")} are stored and can be downloaded; no VIM here installs one.";
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
            yield return "Optional services and features do not make one host better than another.";
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
