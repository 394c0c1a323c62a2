using System.Text.RegularExpressions;

namespace Mano.VimAdapters.Tests.Kubernetes.Double;

/// <summary>A kind of object that the double serves, written down here from the API's reference and not from the adapter.</summary>
internal sealed record Row(string Group, string Version, string Kind, string Plural, bool Namespaced, params string[] ShortNames)
{
    public static readonly IReadOnlyList<Row> All =
    [
        new("", "v1", "Namespace", "namespaces", false, "ns"),
        new("", "v1", "Node", "nodes", false, "no"),
        new("", "v1", "Pod", "pods", true, "po"),
        new("", "v1", "Service", "services", true, "svc"),
        new("", "v1", "ServiceAccount", "serviceaccounts", true, "sa"),
        new("", "v1", "Secret", "secrets", true),
        new("", "v1", "ConfigMap", "configmaps", true, "cm"),
        new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", true, "pvc"),
        new("", "v1", "Event", "events", true, "ev"),
        new("", "v1", "ResourceQuota", "resourcequotas", true, "quota"),
        new("apps", "v1", "Deployment", "deployments", true, "deploy"),
        new("apps", "v1", "StatefulSet", "statefulsets", true, "sts"),
        new("apps", "v1", "ReplicaSet", "replicasets", true, "rs"),
        new("apps", "v1", "DaemonSet", "daemonsets", true, "ds"),
        new("batch", "v1", "Job", "jobs", true),
        new("batch", "v1", "CronJob", "cronjobs", true, "cj"),
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true, "netpol"),
        new("networking.k8s.io", "v1", "Ingress", "ingresses", true, "ing"),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false),
        new("storage.k8s.io", "v1", "StorageClass", "storageclasses", false, "sc"),
        new("metrics.k8s.io", "v1beta1", "PodMetrics", "pods", true),
    ];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As error messages name it: <c>deployments.apps</c>.</summary>
    public string Resource => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public static Row Of(string kind) => All.First(r => r.Kind == kind);

    /// <summary>The key of a list whose items have an identity; null: the list is one value (atomic).</summary>
    public static string[]? ListKeys(string path) => Keys.FirstOrDefault(k => k.Path.IsMatch(path)).Names;

    // From the listMapKey marks of the published schema.
    private static readonly (Regex Path, string[] Names)[] Keys =
    [
        (new(@"/f:(containers|initContainers|ephemeralContainers)$"), ["name"]),
        (new(@"/f:env$"), ["name"]),
        (new(@"/f:volumes$"), ["name"]),
        (new(@"/f:volumeMounts$"), ["mountPath"]),
        (new(@"/f:imagePullSecrets$"), ["name"]),
        (new(@"f:containers/k:\{[^}]*\}/f:ports$"), ["containerPort", "protocol"]),
        (new(@"^f:spec/f:ports$"), ["port", "protocol"]),
        (new(@"/f:conditions$"), ["type"]),
        (new(@"^f:metadata/f:ownerReferences$"), ["uid"]),
    ];
}
