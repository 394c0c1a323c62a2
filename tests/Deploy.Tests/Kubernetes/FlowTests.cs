using System.Text.Json.Nodes;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>Who may speak to whom: the network policies of an overlay allow these flows and no other.</summary>
public sealed class FlowTests
{
    private const string Anybody = "anybody";

    // From, to, and the port. A flow between two pods must be allowed at both ends.
    private static readonly string[] OfAMeo =
    [
        "mano-meo -> mano-meo TCP 7401",
        "ns:mano/northbound=true -> mano-meo TCP 7401",
        "ns:mano/northbound=true -> mano-meo TCP 7402",
        "ns:mano/monitoring=true -> mano-meo TCP 7402",
    ];

    private static readonly string[] OfASite =
    [
        "ns:mano/monitoring=true -> mano-site TCP 7412",
        "ns:mano/monitoring=true -> mano-site TCP 7414",
        $"{Anybody} -> mano-site UDP 7415",
        $"{Anybody} -> mano-site TCP 7415",
        $"{Anybody} -> mano-site TCP 7416",
    ];

    private static readonly string[] BetweenThem =
    [
        "mano-meo -> mano-site TCP 7411",
        "mano-site -> mano-meo TCP 7401",
    ];

    private static readonly Dictionary<string, string[]> Needed = new()
    {
        ["dev"] = [.. OfAMeo, .. OfASite, .. BetweenThem],
        ["ha"] =
        [
            .. OfAMeo, .. OfASite, .. BetweenThem,
            "mano-meo -> mano-redis TCP 6379",
            "mano-meo -> mano-consul TCP 8500",
            "mano-site -> mano-consul TCP 8500",
        ],
        ["edge"] = [.. OfASite, "0.0.0.0/0 -> mano-site TCP 7411", "mano-site -> 0.0.0.0/0 TCP 7401"],
    };

    public static TheoryData<string> Overlays => Rendered.Overlays;

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void The_flows_that_are_allowed_are_those_that_are_needed(string overlay)
    {
        var all = Rendered.Of(overlay);
        Assert.Equal(Needed[overlay].Order(StringComparer.Ordinal), Allowed(all).Order(StringComparer.Ordinal));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Without_a_policy_of_its_own_a_pod_may_only_ask_for_names(string overlay)
    {
        var all = Rendered.Of(overlay);
        var forAll = all.OfKind("NetworkPolicy").Where(p => p.At("spec", "podSelector") is JsonObject { Count: 0 }).ToArray();
        Assert.Contains(forAll, p => p.Items<JsonValue>("spec", "policyTypes").Count() == 2 && p.At("spec", "ingress") is null && p.At("spec", "egress") is null);
        Assert.Equal(["53/TCP", "53/UDP"], forAll.SelectMany(p => p.Items("spec", "egress")).SelectMany(Ports).Select(p => $"{p.Port}/{p.Protocol}").Order());
        Assert.All(all.Workloads(), w => Assert.Contains(all.OfKind("NetworkPolicy"), p =>
            p.Texts("spec", "podSelector", "matchLabels") is { Count: > 0 } selector && selector.Chooses(w.Labels)));
    }

    private static HashSet<string> Allowed(Rendered all)
    {
        var (entering, leaving) = (Half(all, "ingress", "from"), Half(all, "egress", "to"));
        var flows = new HashSet<string>();
        foreach (var (pod, peer, port) in entering)
        {
            var isPod = all.Workloads().Any(w => AppOf(w) == peer);
            if (!isPod || leaving.Contains((peer, pod, port)))
            {
                flows.Add($"{peer} -> {pod} {port}");
            }
            else
            {
                flows.Add($"{peer} -> {pod} {port} (only the receiver allows it)");
            }
        }

        foreach (var (pod, peer, port) in leaving.Where(l => !entering.Contains((l.Peer, l.Pod, l.Port))))
        {
            flows.Add(all.Workloads().Any(w => AppOf(w) == peer) ? $"{pod} -> {peer} {port} (only the sender allows it)" : $"{pod} -> {peer} {port}");
        }

        return flows;
    }

    private static string AppOf(Workload workload) => workload.Labels["app.kubernetes.io/name"];

    /// <summary>One direction: the pod that a policy is about, its peer, "TCP 7401".</summary>
    private static HashSet<(string Pod, string Peer, string Port)> Half(Rendered all, string direction, string peers) =>
    [
        .. from policy in all.OfKind("NetworkPolicy")
           let selector = policy.Texts("spec", "podSelector", "matchLabels")
           where selector.Count > 0
           from rule in policy.Items("spec", direction)
           from workload in all.Workloads()
           where selector.Chooses(workload.Labels)
           from peer in Peers(all, rule, peers)
           from port in Ports(rule)
           select (AppOf(workload), peer, $"{port.Protocol} {port.Port}"),
    ];

    private static IEnumerable<string> Peers(Rendered all, JsonObject rule, string which) => !rule.ContainsKey(which)
        ? [Anybody]
        : rule.Items(which).SelectMany(p => PeerOf(all, p));

    private static IEnumerable<string> PeerOf(Rendered all, JsonObject peer)
    {
        if (peer.At("ipBlock") is { } block)
        {
            return [block.Text("cidr")];
        }

        if (peer.At("namespaceSelector") is { } namespaces)
        {
            Assert.False(peer.ContainsKey("podSelector"), "a peer by namespace and pod is not understood here");
            return [.. namespaces.Texts("matchLabels").Select(l => $"ns:{l.Key}={l.Value}")];
        }

        var selector = peer.Texts("podSelector", "matchLabels");
        Assert.NotEmpty(selector);
        return all.Workloads().Where(w => selector.Chooses(w.Labels)).Select(AppOf).Distinct();
    }

    private static IEnumerable<(string Protocol, long Port)> Ports(JsonObject rule)
    {
        Assert.True(rule.ContainsKey("ports"), "a rule without ports allows them all");
        return rule.Items("ports").Select(p => (p.Text("protocol"), (long)p["port"]!));
    }
}
