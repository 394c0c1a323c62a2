using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Capacity;

/// <summary>What nodes offer.</summary>
/// <param name="Total">What may be handed out by us: what the nodes have, without what the pods of others ask for.</param>
/// <param name="Zones">The zones of the nodes.</param>
/// <param name="Nodes">How many nodes take our pods.</param>
/// <param name="Notes">What could not be read, and what is taken instead.</param>
internal sealed record ClusterOffer(VimResources Total, IReadOnlyList<string> Zones, int Nodes, IReadOnlyList<Enforcement> Notes);

/// <summary>Reads what the cluster has for us: from its nodes, or, where those may not be read, from the namespace's quota.</summary>
internal sealed class ClusterUsage(KubeApi api, ComputeMark mark, KubernetesOptions options, string scope)
{
    private const decimal Mib = 1L << 20;
    private const decimal Gib = 1L << 30;

    /// <summary>Stands for "not bounded", and can be added up without overflowing.</summary>
    private const long Most = 1_000_000_000_000;

    public async Task<ClusterOffer> ReadAsync(CancellationToken cancellationToken)
    {
        var notes = new List<Enforcement>();
        var nodes = await NodesAsync(notes, cancellationToken);
        var total = nodes is null ? default(VimResources?) : await OfNodesAsync(nodes, notes, cancellationToken);
        if (scope.Length > 0 && await QuotaAsync(cancellationToken) is { } quota)
        {
            total = total is { } both ? new(Math.Min(both.MilliCpu, quota.MilliCpu), Math.Min(both.MemoryMib, quota.MemoryMib), Math.Min(both.DiskGib, quota.DiskGib)) : quota;
            notes.Add(new("capacity", true, $"bounded by the quota of namespace {scope}"));
        }

        if (total is null && options is not { MilliCpu: > 0, MemoryMib: > 0 })
        {
            notes.Add(new("capacity", false, "neither nodes nor a quota can be read; grant `list` on nodes (deploy/k8s/vim), or set MilliCpu, MemoryMib and DiskGib"));
        }

        var zones = (nodes ?? []).Select(n => n.Metadata.LabelOf(Objects.ComputePod.ZoneLabel)).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        return new(Chosen(total ?? default), zones, nodes?.Count ?? 0, notes);
    }

    private VimResources Chosen(VimResources found) => new(
        options.MilliCpu > 0 ? options.MilliCpu : found.MilliCpu, options.MemoryMib > 0 ? options.MemoryMib : found.MemoryMib, options.DiskGib > 0 ? options.DiskGib : found.DiskGib);

    private async Task<IReadOnlyList<KubeNode>?> NodesAsync(List<Enforcement> notes, CancellationToken cancellationToken)
    {
        try
        {
            var (nodes, _) = await api.ListAsync(ResourceKind.Node, "", "", KubeJson.Default.ListOfNode, cancellationToken);
            return [.. nodes.Where(TakesOurs)];
        }
        catch (ApiRefusedException e) when (e.Status == System.Net.HttpStatusCode.Forbidden)
        {
            notes.Add(new("zones", false, "nodes may not be listed: no zones are known"));
            return null;
        }
    }

    // Our pods tolerate nothing: nodes of the control plane, or that are cordoned or away, take none of them.
    private static bool TakesOurs(KubeNode node) =>
        node.Spec?.Unschedulable != true
        && (node.Spec?.Taints ?? []).All(t => t.Effect is not ("NoSchedule" or "NoExecute"))
        && (node.Status?.Conditions ?? []).All(c => c.Type != "Ready" || c.Status == "True");

    private async Task<VimResources> OfNodesAsync(IReadOnlyList<KubeNode> nodes, List<Enforcement> notes, CancellationToken cancellationToken)
    {
        decimal Sum(string name) => nodes.Sum(n => Quantity.Of(n.Status?.Allocatable, name));
        var (cpu, memory, disk) = (Sum("cpu"), Sum("memory"), Sum("ephemeral-storage"));
        try
        {
            var names = nodes.Select(n => n.Metadata.Name).ToHashSet();
            var (pods, _) = await api.ListAsync(ResourceKind.Pod, "", "", KubeJson.Default.ListOfPod, cancellationToken, "status.phase!=Succeeded,status.phase!=Failed");
            foreach (var pod in pods.Where(p => !mark.IsOurs(p.Metadata) && names.Contains(p.Spec?.NodeName ?? "")))
            {
                (cpu, memory, disk) = (cpu - RequestOf(pod, "cpu"), memory - RequestOf(pod, "memory"), disk - RequestOf(pod, "ephemeral-storage"));
            }

            notes.Add(new("capacity", true, "what the nodes have without what the pods of others ask for"));
        }
        catch (ApiRefusedException e) when (e.Status == System.Net.HttpStatusCode.Forbidden)
        {
            notes.Add(new("capacity", true, "what the nodes have; what others take of it may not be seen"));
        }

        return new(Whole(cpu * 1000), Whole(memory / Mib), Whole(disk / Gib));
    }

    /// <summary>What the scheduler sets aside for a pod: its containers together, or its largest step of initialisation, and the runtime's own.</summary>
    public static decimal RequestOf(KubePod pod, string name)
    {
        decimal Of(PodContainer c) => Quantity.Of(c.Resources?.Requests, name);
        var initial = pod.Spec?.InitContainers ?? [];
        var always = (pod.Spec?.Containers ?? []).Sum(Of) + initial.Where(c => c.RestartPolicy == "Always").Sum(Of);
        var (step, beside) = (0m, 0m);
        foreach (var container in initial)
        {
            beside += container.RestartPolicy == "Always" ? Of(container) : 0;
            step = Math.Max(step, container.RestartPolicy == "Always" ? beside : beside + Of(container));
        }

        return Math.Max(always, step) + Quantity.Of(pod.Spec?.Overhead, name);
    }

    private async Task<VimResources?> QuotaAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (quotas, _) = await api.ListAsync(ResourceKind.ResourceQuota, scope, "", KubeJson.Default.ListOfQuota, cancellationToken);
            long Least(decimal unit, params string[] names) => quotas.SelectMany(q => names.Select(n => Quantity.Parse(q.Status?.Hard?.GetValueOrDefault(n)))).OfType<decimal>()
                .Select(v => Whole(v / unit)).DefaultIfEmpty(Most).Min();
            return quotas.Count == 0 ? null
                : new(Least(0.001m, "requests.cpu", "cpu", "limits.cpu"), Least(Mib, "requests.memory", "memory", "limits.memory"), Least(Gib, "requests.ephemeral-storage", "ephemeral-storage"));
        }
        catch (ApiRefusedException e) when (e.Status == System.Net.HttpStatusCode.Forbidden)
        {
            return null;
        }
    }

    private static long Whole(decimal amount) => (long)Math.Clamp(Math.Floor(amount), 0, Most);
}
