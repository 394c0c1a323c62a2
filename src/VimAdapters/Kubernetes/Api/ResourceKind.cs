namespace Mano.VimAdapters.Kubernetes.Api;

/// <summary>A kind of object and where the API has it.</summary>
/// <param name="Group">The API group; empty: the core's.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">As in <c>kind:</c>.</param>
/// <param name="Plural">As in paths.</param>
/// <param name="Namespaced">Whether it is of a namespace.</param>
internal sealed record ResourceKind(string Group, string Version, string Kind, string Plural, bool Namespaced = true)
{
    public static readonly ResourceKind Namespace = new("", "v1", "Namespace", "namespaces", Namespaced: false);
    public static readonly ResourceKind Node = new("", "v1", "Node", "nodes", Namespaced: false);
    public static readonly ResourceKind Pod = new("", "v1", "Pod", "pods");
    public static readonly ResourceKind Service = new("", "v1", "Service", "services");
    public static readonly ResourceKind Secret = new("", "v1", "Secret", "secrets");
    public static readonly ResourceKind ConfigMap = new("", "v1", "ConfigMap", "configmaps");
    public static readonly ResourceKind Claim = new("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims");
    public static readonly ResourceKind Event = new("", "v1", "Event", "events");
    public static readonly ResourceKind ResourceQuota = new("", "v1", "ResourceQuota", "resourcequotas");
    public static readonly ResourceKind Deployment = new("apps", "v1", "Deployment", "deployments");
    public static readonly ResourceKind StatefulSet = new("apps", "v1", "StatefulSet", "statefulsets");
    public static readonly ResourceKind ReplicaSet = new("apps", "v1", "ReplicaSet", "replicasets");
    public static readonly ResourceKind DaemonSet = new("apps", "v1", "DaemonSet", "daemonsets");
    public static readonly ResourceKind Job = new("batch", "v1", "Job", "jobs");
    public static readonly ResourceKind NetworkPolicy = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies");
    public static readonly ResourceKind StorageClass = new("storage.k8s.io", "v1", "StorageClass", "storageclasses", Namespaced: false);
    public static readonly ResourceKind PodMetrics = new("metrics.k8s.io", "v1beta1", "PodMetrics", "pods");

    /// <summary>As in <c>apiVersion:</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of all of them, in a namespace or, with an empty one, wherever they are.</summary>
    public string PathOf(string space) => (Group.Length == 0 ? $"/api/{Version}/" : $"/apis/{Group}/{Version}/")
        + (Namespaced && space.Length > 0 ? $"namespaces/{space}/" : "") + Plural;

    /// <summary>The path of one.</summary>
    public string PathOf(string space, string name) => $"{PathOf(space)}/{Uri.EscapeDataString(name)}";

    public override string ToString() => Kind;
}
