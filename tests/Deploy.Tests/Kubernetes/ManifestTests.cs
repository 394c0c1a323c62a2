using System.Text.Json.Nodes;
using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>What the schema cannot say: that the objects of an overlay agree with one another.</summary>
public sealed class ManifestTests
{
    /// <summary>Made by the operator, never by us; deploy/k8s/README.md says how.</summary>
    private static readonly string[] GivenByTheOperator = ["mano-store", "mano-consul", "mano-meo-tls", "mano-site-tls"];

    public static TheoryData<string> Overlays => Rendered.Overlays;

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_object_is_in_the_namespace_and_named_once(string overlay)
    {
        var objects = Rendered.Of(overlay).Objects;
        Assert.All(objects, o => Assert.Equal("mano", o.Text("kind") is "Namespace" ? o.Name() : o.Text("metadata", "namespace")));
        Assert.Equal(objects.Count, objects.DistinctBy(o => o.Id()).Count());
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_selector_chooses_pods_of_this_overlay_and_a_workload_its_own(string overlay)
    {
        var all = Rendered.Of(overlay);
        foreach (var workload in all.Workloads().Where(w => w.Object.At("spec", "selector") is not null))
        {
            Assert.True(workload.Object.Texts("spec", "selector", "matchLabels").Chooses(workload.Labels), $"{workload.Id} does not choose its own pods");
        }

        var selectors = all.OfKind("Service").Select(o => (o.Id(), o.Texts("spec", "selector")))
            .Concat(all.OfKind("PodDisruptionBudget").Select(o => (o.Id(), o.Texts("spec", "selector", "matchLabels"))))
            .Concat(all.OfKind("NetworkPolicy").Select(o => (o.Id(), o.Texts("spec", "podSelector", "matchLabels"))))
            .Concat(all.Workloads().SelectMany(w => w.Pod.Items("topologySpreadConstraints").Select(c => (w.Id, c.Texts("labelSelector", "matchLabels")))));
        Assert.All(selectors, s => Assert.True(all.Workloads().Any(w => s.Item2.Chooses(w.Labels)), $"{s.Item1} chooses no pod: {string.Join(',', s.Item2)}"));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_service_port_leads_to_a_container_port_and_every_headless_service_named_by_a_StatefulSet_exists(string overlay)
    {
        var all = Rendered.Of(overlay);
        foreach (var service in all.OfKind("Service"))
        {
            var ports = all.Workloads().Where(w => service.Texts("spec", "selector").Chooses(w.Labels)).SelectMany(w => w.Containers()).SelectMany(c => c.Ports()).ToArray();
            foreach (var port in service.Items("spec", "ports"))
            {
                var protocol = port["protocol"]?.GetValue<string>() ?? "TCP";
                Assert.True(
                    ports.Any(p => p.Name == port.Text("targetPort") && p.Protocol == protocol),
                    $"{service.Id()}: no container has a {protocol} port called {port["targetPort"]}");
            }
        }

        Assert.All(all.OfKind("StatefulSet"), s => Assert.NotNull(all.Find("Service", s.Text("spec", "serviceName"))));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_name_that_is_referred_to_exists_or_is_given_by_the_operator(string overlay)
    {
        var all = Rendered.Of(overlay);
        foreach (var workload in all.Workloads())
        {
            Assert.NotNull(all.Find("ServiceAccount", workload.Pod.Text("serviceAccountName")));
            foreach (var volume in workload.Pod.Items("volumes"))
            {
                Exists(all, workload.Id, "ConfigMap", volume.Text("configMap", "name"));
                Exists(all, workload.Id, "PersistentVolumeClaim", volume.Text("persistentVolumeClaim", "claimName"));
                Exists(all, workload.Id, "Secret", volume.Text("secret", "secretName"));
                // Read by a user that is not root, through the group that the volume is given.
                Assert.True(volume["secret"] is null || (long)volume.At("secret", "defaultMode")! == 288, $"{workload.Id}: {volume.Name()} is not 0440");
            }

            foreach (var container in workload.Containers())
            {
                container.Object.Items("envFrom").ToList().ForEach(f => Exists(all, container.Id, "ConfigMap", f.Text("configMapRef", "name")));
                container.Object.Items("env").ToList().ForEach(e => Exists(all, container.Id, "Secret", e.Text("valueFrom", "secretKeyRef", "name")));
                Assert.All(container.Object.Items("volumeMounts"), m => Assert.Contains(m.Text("name"), workload.Volumes()));
            }
        }
    }

    [Fact]
    public void Every_secret_that_the_operator_gives_is_described()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Folder, "deploy", "k8s", "README.md"));
        Assert.All(GivenByTheOperator, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Nothing_has_a_privilege_or_an_unpinned_image(string overlay)
    {
        foreach (var container in Rendered.Of(overlay).Containers())
        {
            var pod = container.Workload.Pod;
            Assert.False(pod["automountServiceAccountToken"]!.GetValue<bool>(), container.Id);
            Assert.False(pod["enableServiceLinks"]!.GetValue<bool>(), container.Id);
            Assert.True(pod.At("securityContext", "runAsNonRoot")!.GetValue<bool>(), container.Id);
            Assert.True((long)pod.At("securityContext", "runAsUser")! > 0, container.Id);
            Assert.Equal("RuntimeDefault", pod.Text("securityContext", "seccompProfile", "type"));
            Assert.True(pod["hostNetwork"] is null && pod["hostPID"] is null && pod["hostIPC"] is null, container.Id);
            Assert.All(pod.Items("volumes"), v => Assert.False(v.ContainsKey("hostPath"), container.Id));

            var security = container.Object["securityContext"]!;
            Assert.False(security["allowPrivilegeEscalation"]!.GetValue<bool>(), container.Id);
            Assert.True(security["readOnlyRootFilesystem"]!.GetValue<bool>(), container.Id);
            Assert.Equal("""{"drop":["ALL"]}""", security["capabilities"]!.ToJsonString());

            var tag = container.Image.Split('/')[^1].Split(':');
            Assert.True(tag.Length == 2 && tag[1].Length > 0 && tag[1] != "latest", $"{container.Id}: {container.Image} has no tag of its own");
        }
    }

    [KubectlTheory]
    [MemberData(nameof(Overlays))]
    public void Every_container_asks_for_what_it_needs_and_is_asked_how_it_is(string overlay)
    {
        foreach (var container in Rendered.Of(overlay).Containers().Where(c => c.Workload.Object.Text("kind") is not ("Job" or "CronJob")))
        {
            Assert.NotNull(container.Object.At("resources", "requests", "cpu"));
            Assert.NotNull(container.Object.At("resources", "requests", "memory"));
            Assert.NotNull(container.Object.At("resources", "limits", "memory"));
            Assert.Equal(3, container.Probes().Count());
        }
    }

    private static void Exists(Rendered all, string who, string kind, string name)
    {
        if (name.Length > 0)
        {
            Assert.True(
                all.Find(kind, name) is not null || (kind == "Secret" && GivenByTheOperator.Contains(name)),
                $"{who} refers to the {kind} {name}, which this overlay does not have");
        }
    }
}
