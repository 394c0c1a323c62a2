using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Cinder;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Nova;
using Mano.VimAdapters.OpenStack.Placement;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// How much there is: what the project may have (Nova's limits), and what the hosts have where Placement may be read, whichever is
/// less. How much is taken: what Nova counts, ours and that of others in the project, and at least what ours take, because Nova counts a
/// server a moment after it has said yes.
/// </summary>
internal sealed class CloudCapacity(CloudState cloud, NovaClient nova, CinderClient cinder, ServerTable table, OpenStackOptions options)
{
    /// <summary>Stands for "no limit is known": more than any site has.</summary>
    public const long Unlimited = 1_000_000_000;

    public async Task<VimCapacity> AskAsync(CancellationToken cancellationToken)
    {
        var facts = await cloud.FactsAsync(cancellationToken);
        var limits = await nova.LimitsAsync(cancellationToken);
        var hosts = facts.Who.IsAdmin ? await new PlacementClient(cloud.Link).TotalIfAllowedAsync(cancellationToken) : null;
        var (diskTotal, diskUsed) = await DiskAsync(facts, hosts, cancellationToken);
        var ours = table.All.Aggregate(default(VimResources), (sum, r) => sum + FootprintOf(r));
        return new(
            new(Math.Min(Limit(limits.MaxCores, 1000), hosts?.MilliCpu ?? Unlimited), Math.Min(Limit(limits.MaxRam, 1), hosts?.MemoryMib ?? Unlimited), diskTotal),
            new(Math.Max(limits.Cores * 1000, ours.MilliCpu), Math.Max(limits.Ram, ours.MemoryMib), Math.Max(diskUsed, ours.DiskGib)));
    }

    /// <summary>What a compute takes: what its flavor does, and its volumes.</summary>
    private static VimResources FootprintOf(ServerRecord record) => record.FlavorSize + new VimResources(0, 0, record.Spec.Volumes.Sum(v => v.SizeGib));

    private async Task<(long Total, long Used)> DiskAsync(CloudFacts facts, VimResources? hosts, CancellationToken cancellationToken)
    {
        if (options.BootFromVolume && facts.HasCinder)
        {
            var volumes = await cinder.LimitsAsync(cancellationToken);
            return (options.DiskGib > 0 ? options.DiskGib : Limit(volumes.MaxGib, 1), volumes.Gib);
        }

        return (options.DiskGib > 0 ? options.DiskGib : hosts?.DiskGib ?? Unlimited, 0);
    }

    private static long Limit(long limit, long unit) => limit < 0 ? Unlimited : limit * unit;
}
