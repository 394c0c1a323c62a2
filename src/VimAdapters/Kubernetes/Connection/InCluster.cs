namespace Mano.VimAdapters.Kubernetes.Connection;

/// <summary>The service account that Kubernetes mounts into every pod that wants one.</summary>
internal static class InCluster
{
    public const string UsualFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The cluster this process runs in; null with the faults: it runs in none, or its pod has no token.</summary>
    public static ApiAccess? Find(Func<string, string?> environment, string folder, TimeProvider clock, out IReadOnlyList<string> faults)
    {
        var (host, port) = (environment("KUBERNETES_SERVICE_HOST"), environment("KUBERNETES_SERVICE_PORT") ?? "443");
        var token = Path.Combine(folder, "token");
        if (string.IsNullOrEmpty(host))
        {
            faults = ["Kubeconfig is not given, and this process does not run in a pod (KUBERNETES_SERVICE_HOST is not set); give the path or the text of a kubeconfig."];
            return null;
        }

        if (!File.Exists(token))
        {
            faults = [$"Kubeconfig is not given, and this pod has no service account token ({token}); set automountServiceAccountToken and a service account (deploy/k8s/vim), or give a kubeconfig."];
            return null;
        }

        faults = [];
        var space = Path.Combine(folder, "namespace");
        var server = new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
        return new(server, new(new(() => File.ReadAllText(Path.Combine(folder, "ca.crt"))), Insecure: false), "", null,
            BearerToken.OfFile(token, clock), File.Exists(space) ? File.ReadAllText(space).Trim() : "", "the service account of this pod");
    }
}
