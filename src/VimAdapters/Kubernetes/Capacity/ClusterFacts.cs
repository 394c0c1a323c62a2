using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Capacity;

/// <summary>What is known of the cluster, looked at anew when that is older than a moment.</summary>
internal sealed class ClusterFacts(KubernetesParts parts, string? helm, bool isInside) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim asking = new(1);
    private readonly ClusterUsage usage = new(parts.Api, parts.Mark, parts.Options, parts.Spaces.Scope);
    private (DateTimeOffset At, ClusterOffer Offer, VimCapabilities Capabilities)? last;

    public async Task<VimCapabilities> CapabilitiesAsync(CancellationToken cancellationToken) => (await AskAsync(cancellationToken)).Capabilities;

    public async Task<ClusterOffer> OfferAsync(CancellationToken cancellationToken) => (await AskAsync(cancellationToken)).Offer;

    public void Dispose() => asking.Dispose();

    private async Task<(DateTimeOffset At, ClusterOffer Offer, VimCapabilities Capabilities)> AskAsync(CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken);
        try
        {
            if (last is { } known && parts.Clock.GetUtcNow() - known.At < Fresh)
            {
                return known;
            }

            var offer = await usage.ReadAsync(cancellationToken);
            var capabilities = Capabilities(offer, await HasMetricsAsync(cancellationToken));
            last = (parts.Clock.GetUtcNow(), offer, capabilities);
            return last.Value;
        }
        finally
        {
            asking.Release();
        }
    }

    private async Task<bool> HasMetricsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await parts.Api.ReadAsync("/apis/metrics.k8s.io/v1beta1", KubeJson.Default.ApiResources, cancellationToken)).Resources?.Any(r => r.Name == "pods") == true;
        }
        catch (ApiRefusedException)
        {
            // 404: nobody measures; 503: whoever measures is away; 403: not for us.
            return false;
        }
    }

    private VimCapabilities Capabilities(ClusterOffer offer, bool measures)
    {
        var options = parts.Options;
        var claims = new HashSet<VimCapability>
        {
            VimCapability.NamedImages, VimCapability.Power, VimCapability.Logs, VimCapability.Restarts, VimCapability.BootData, VimCapability.SurvivesRestart, VimCapability.LimitsCpu,
            VimCapability.LimitsMemory, VimCapability.IsolatesProcesses, VimCapability.IsolatesFiles, VimCapability.IsolatesNetwork, VimCapability.Volumes, VimCapability.Affinity,
            VimCapability.Events,
        };
        void Claim(bool holds, VimCapability capability)
        {
            if (holds)
            {
                claims.Add(capability);
            }
        }

        Claim(options.Reachable ?? isInside, VimCapability.ReachableAddresses);
        Claim(options.LimitDisk, VimCapability.LimitsDisk);
        Claim(helm is not null, VimCapability.HelmCharts);
        Claim(measures, VimCapability.Statistics);
        return new()
        {
            Adapter = KubernetesVim.AdapterName,
            Claims = claims,
            FenceRetention = options.FenceRetention,
            Zones = offer.Zones,
            Notes =
            [
                .. offer.Notes,
                new(nameof(VimCapability.Containers), false, "a cluster pulls images from a registry; push the archive to one and give the image's name"),
                new(nameof(VimCapability.HelmCharts), helm is not null, helm is not null ? $"rendered by {helm}" : "no helm program was found; set HelmPath, or put helm on the PATH"),
                new(nameof(VimCapability.Networks), false, "a cluster has one network, on which policies part the computes; networks beside it are each network plug-in's own affair"),
                new(nameof(VimCapability.FixedAddresses), false, "the cluster gives addresses to Services"),
                new(nameof(VimCapability.LimitsProcesses), false, "each kubelet's podPidsLimit, which cannot be asked for"),
                new(nameof(VimCapability.Statistics), measures, measures ? "CPU time is summed up from metrics.k8s.io since this process first looked" : "the cluster has no metrics.k8s.io (metrics-server)"),
                new(nameof(VimCapability.IsolatesNetwork), true, "NetworkPolicies are made; whether they hold is the network plug-in's affair"),
                new("restarts", true, "ON_FAILURE: a compute that ends with 0 may be started once more before it is stopped"),
            ],
        };
    }
}
