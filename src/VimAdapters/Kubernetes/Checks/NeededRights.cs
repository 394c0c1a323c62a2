namespace Mano.VimAdapters.Kubernetes.Checks;

/// <summary>One thing the adapter must be allowed to do.</summary>
/// <param name="Group">The API group.</param>
/// <param name="Resource">The resource, with its subresource.</param>
/// <param name="Verbs">What with it.</param>
/// <param name="Where">In which namespaces.</param>
/// <param name="Without">What is missing without it; null: computes cannot be made.</param>
internal sealed record NeededRight(string Group, string Resource, IReadOnlyList<string> Verbs, RightScope Where, string? Without = null)
{
    public string Name => Group.Length == 0 ? Resource : $"{Resource}.{Group}";
}

/// <summary>Where a right is needed.</summary>
internal enum RightScope
{
    /// <summary>Where computes are: everywhere, or in the one namespace.</summary>
    Computes = 1,

    /// <summary>Where the records are.</summary>
    Home = 2,

    /// <summary>Of what is of no namespace.</summary>
    Cluster = 3,
}

/// <summary>What the adapter asks of the API, as a table; the roles of deploy/k8s/vim grant exactly this, and a test compares them.</summary>
internal static class NeededRights
{
    private static readonly string[] Follow = ["get", "list", "watch", "create", "patch", "delete"];
    private static readonly string[] Keep = ["get", "list", "create", "patch", "delete"];

    public static IReadOnlyList<NeededRight> Of(bool managesNamespaces) =>
    [
        .. managesNamespaces ? [new("", "namespaces", ["get", "create"], RightScope.Cluster)] : Array.Empty<NeededRight>(),
        new("", "secrets", ["get", "list", "watch", "create", "update", "delete"], RightScope.Home),
        new("apps", "deployments", Follow, RightScope.Computes),
        new("apps", "statefulsets", Follow, RightScope.Computes),
        new("", "pods", Follow, RightScope.Computes),
        new("", "services", Keep, RightScope.Computes),
        new("", "configmaps", Keep, RightScope.Computes),
        new("", "secrets", Keep, RightScope.Computes),
        new("", "persistentvolumeclaims", Keep, RightScope.Computes),
        new("networking.k8s.io", "networkpolicies", Keep, RightScope.Computes),
        new("", "pods/log", ["get"], RightScope.Computes, "logs cannot be read"),
        new("", "events", ["list"], RightScope.Computes, "events cannot be read"),
        new("metrics.k8s.io", "pods", ["get"], RightScope.Computes, "statistics cannot be read"),
        new("", "nodes", ["list"], RightScope.Cluster, "capacity and zones cannot be read; MilliCpu, MemoryMib and DiskGib must be set, or the namespace have a quota"),
        new("storage.k8s.io", "storageclasses", ["list"], RightScope.Cluster, "whether volumes can be made cannot be said beforehand"),
    ];
}
