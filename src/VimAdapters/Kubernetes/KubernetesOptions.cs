using System.ComponentModel.DataAnnotations;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Kubernetes;

/// <summary>How far computes are shut in, in the words of Kubernetes' pod security standards.</summary>
public enum PodSecurity
{
    /// <summary>No root, no privilege escalation, no kernel capability, the runtime's own seccomp profile.</summary>
    Restricted = 1,

    /// <summary>As restricted, but the image may run as root with the runtime's usual capabilities.</summary>
    Baseline = 2,
}

/// <summary>How applications run in a Kubernetes cluster. Where it is: <see cref="Kubeconfig"/>, or the cluster this process runs in.</summary>
public sealed record KubernetesOptions
{
    /// <summary>Where the adapter keeps images' names and charts. One adapter a folder. Required.</summary>
    [Required]
    public string Folder { get; init; } = "";

    /// <summary>A kubeconfig: the path of a file, or its text. Empty: the service account of the pod this process runs in.</summary>
    [Secret]
    public string Kubeconfig { get; init; } = "";

    /// <summary>The context of the kubeconfig; empty: its current one.</summary>
    public string Context { get; init; } = "";

    /// <summary>Whether a kubeconfig with insecure-skip-tls-verify is taken. Whoever stands between then has the cluster.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>What tells our objects from those of other adapters in the cluster: 1 to 40 characters of [a-z0-9-].</summary>
    public string Owner { get; init; } = "mano";

    /// <summary>Where the adapter's own records lie, and the computes too unless <see cref="ManageNamespaces"/>; empty: the context's, or the pod's own.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Whether each tenant has a namespace of its own, which the adapter makes. Needs rights in the whole cluster.</summary>
    public bool ManageNamespaces { get; init; } = true;

    /// <summary>What the namespaces of tenants begin with.</summary>
    public string NamespacePrefix { get; init; } = "mano-";

    /// <summary>Names of secrets with which images are pulled; each must be in the namespace of the compute.</summary>
    public IReadOnlyList<string> ImagePullSecrets { get; init; } = [];

    /// <summary>The storage class of volumes; empty: the cluster's default.</summary>
    public string StorageClass { get; init; } = "";

    /// <summary>How far computes are shut in.</summary>
    /// <value>The default is Restricted. An image that runs as root needs <see cref="RunAsUser"/> or Baseline, and says so when it fails.</value>
    public PodSecurity PodSecurity { get; init; } = PodSecurity.Restricted;

    /// <summary>The user computes run as; 0: the image's own.</summary>
    [Range(0, int.MaxValue)]
    public int RunAsUser { get; init; }

    /// <summary>Whether disk_gib becomes a limit of ephemeral storage. False where kubelets cannot measure it.</summary>
    public bool LimitDisk { get; init; } = true;

    /// <summary>ClusterIP, or LoadBalancer where users and the platform are outside the cluster.</summary>
    [RegularExpression("ClusterIP|LoadBalancer", ErrorMessage = "ServiceType: ClusterIP or LoadBalancer would be right; a NodePort changes the declared port.")]
    public string ServiceType { get; init; } = "ClusterIP";

    /// <summary>Whether the addresses answer from here; null: they do when this process runs in the cluster.</summary>
    public bool? Reachable { get; init; }

    /// <summary>Thousandths of a CPU that may be handed out; 0: what the nodes have left beside the pods of others.</summary>
    [Range(0, 1_000_000_000)]
    public long MilliCpu { get; init; }

    /// <summary>Memory in MiB that may be handed out; 0: as for CPU.</summary>
    [Range(0, 1_000_000_000)]
    public long MemoryMib { get; init; }

    /// <summary>Disk in GiB that may be handed out; 0: as for CPU.</summary>
    [Range(0, 1_000_000_000)]
    public long DiskGib { get; init; }

    /// <summary>How long a compute may take to end after its stop signal before it is killed.</summary>
    /// <value>The default is 5 s, as with the other adapters; Kubernetes' own 30 s would make every delete of a deaf image wait.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a delete waits for the objects to be gone before it gives up for now.</summary>
    /// <value>The default is 60 s: the grace, a kubelet's next look, and a volume that is detached.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan DeletePatience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a fault that could still mend (an image that cannot be pulled, no node with room, a quota) may last before the compute counts as failed.</summary>
    /// <value>The default is 2 min: the kubelet has then tried a pull five times, and an autoscaler has added a node.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FaultPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a node may be making a container (pulling, mounting) without a fault being told before the compute counts as failed.</summary>
    /// <value>The default is 15 min: some gigabytes of an image over a slow line.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long one answer of the API server may take before it counts as away.</summary>
    /// <value>The default is 30 s: less than the 60 s after which the server gives a request up itself.</value>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often computes that are on their way are looked at beside being told by watches, and how soon a lost server is tried again.</summary>
    /// <value>The default is 5 s: watches tell of changes at once, this finds that patience has run out.</value>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often every compute's objects are compared with what they shall be.</summary>
    /// <value>The default is 5 min: somebody who deletes our Service by hand waits no longer for it to come back.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan ResyncInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many objects a page of a list has.</summary>
    /// <value>The default is 500, as kubectl's.</value>
    [Range(1, 10_000)]
    public int PageSize { get; init; } = 500;

    /// <summary>How long the number of a deleted compute is remembered.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan FenceRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The helm program, which renders charts; empty: <c>helm</c> of the PATH. Without one, charts are not claimed.</summary>
    public string HelmPath { get; init; } = "";

    /// <summary>How long rendering a chart may take.</summary>
    /// <value>The default is 30 s: a large umbrella chart takes two.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan HelmTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one hook of a chart may run.</summary>
    /// <value>The default is 5 min, as helm's own.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan HookTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Kinds that charts may bring beside the usual ones of a namespace, as <c>Certificate</c>, or of the whole cluster, as <c>ClusterRole</c>.</summary>
    public IReadOnlyList<string> ChartKinds { get; init; } = [];

    /// <summary>The largest chart that is taken, in bytes.</summary>
    [Range(1, 1 << 30)]
    public long MaxChartBytes { get; init; } = 32L << 20;
}
