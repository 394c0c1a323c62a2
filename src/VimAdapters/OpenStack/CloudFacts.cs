using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Keystone;
using Mano.VimAdapters.OpenStack.Neutron;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>What the cloud is and can do for us, as it said when it was first reached.</summary>
internal sealed record CloudFacts
{
    public required CloudToken Who { get; init; }

    public required string Microversion { get; init; }

    public required NetworkDetails Network { get; init; }

    public required bool HasCinder { get; init; }

    public required VimCapabilities Capabilities { get; init; }

    public static async Task<CloudFacts> AskAsync(CloudLink cloud, NovaClient nova, DefaultNetwork network, OpenStackOptions options, CancellationToken cancellationToken)
    {
        var who = await cloud.WhoAsync(cancellationToken);
        var microversion = await nova.MicroversionAsync(cancellationToken);
        who.Require(CloudService.Glance, cloud.Settings);
        var found = await network.FindAsync(who.ProjectId, cancellationToken);
        var hasCinder = who.Find(CloudService.Cinder, cloud.Settings) is not null;
        return new()
        {
            Who = who,
            Microversion = microversion,
            Network = found,
            HasCinder = hasCinder,
            Capabilities = CapabilitiesOf(who, microversion, found, hasCinder, await nova.ZonesAsync(cancellationToken), options),
        };
    }

    private static VimCapabilities CapabilitiesOf(CloudToken who, string microversion, NetworkDetails network, bool hasCinder, IReadOnlyList<string> zones, OpenStackOptions options)
    {
        var mayChoose = who.IsAdmin || network.ProjectId == who.ProjectId;
        return new()
        {
            Adapter = OpenStackVim.AdapterName,
            FenceRetention = options.FenceRetention,
            Zones = zones,
            Claims = new HashSet<VimCapability>(
            [
                VimCapability.VmImages, VimCapability.NamedImages, VimCapability.Power, VimCapability.Logs, VimCapability.BootData,
                VimCapability.SurvivesRestart, VimCapability.LimitsCpu, VimCapability.LimitsMemory, VimCapability.LimitsDisk,
                VimCapability.IsolatesProcesses, VimCapability.IsolatesFiles, VimCapability.IsolatesNetwork,
                VimCapability.Networks, VimCapability.Affinity, VimCapability.Events,
                .. mayChoose ? [VimCapability.FixedAddresses] : Array.Empty<VimCapability>(),
                .. hasCinder ? [VimCapability.Volumes] : Array.Empty<VimCapability>(),
                .. options.Reachable ? [VimCapability.ReachableAddresses] : Array.Empty<VimCapability>(),
            ]),
            Notes =
            [
                new("cloud", true, $"Nova {microversion}, project {who.Body.Project?.Name ?? who.ProjectId}, default network {network.Name}"),
                new("catalogue", true, string.Join(", ", who.Body.Catalog.Select(c => c.Type).Distinct().Order(StringComparer.Ordinal))),
                new(nameof(VimCapability.Containers), false, "Nova runs virtual machines; pack the application as a qcow2 or raw disk, or place it on a host with Kubernetes or LocalContainers"),
                new(nameof(VimCapability.Executables), false, "Nova runs virtual machines; pack the application as a qcow2 or raw disk"),
                new(nameof(VimCapability.RootFsArchives), false, "Nova runs virtual machines; pack the application as a qcow2 or raw disk"),
                new(nameof(VimCapability.FixedAddresses), mayChoose, mayChoose ? $"in {network.Name}"
                    : $"{network.Name} belongs to another project, and Neutron lets only its owner choose addresses in it"),
                new(nameof(VimCapability.Volumes), hasCinder, hasCinder ? "Cinder volumes; cloud-init makes a file system and mounts them" : "there is no Cinder (block-storage, volumev3) in the catalogue"),
                new(nameof(VimCapability.Restarts), false, "a guest that shuts down stays down: Nova has no restart policy"),
                new(nameof(VimCapability.ReachableAddresses), options.Reachable, options.Reachable ? "by setting" : "a tenant network ends at a router; set Reachable where the site's machines have a route"),
                new(nameof(VimCapability.Statistics), false, "Nova's diagnostics are for administrators and differ by hypervisor"),
            ],
        };
    }
}
