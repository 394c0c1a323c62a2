using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Objects;

/// <summary>One object as it shall be.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Intent">The fields that we want, and no others.</param>
internal sealed record IntendedObject(ResourceKind Kind, JsonObject Intent)
{
    public string Name => (string)Intent["metadata"]!["name"]!;

    public string Namespace => (string?)Intent["metadata"]!["namespace"] ?? "";
}

/// <summary>The objects that make a compute, in the order in which they are made: the one that runs comes last. Pure.</summary>
internal sealed partial class ComputeObjects(ComputeMark mark, KubernetesOptions options)
{
    /// <summary>The kinds a compute may be made of besides what a chart brings; pods last, because the others make them.</summary>
    public static readonly IReadOnlyList<ResourceKind> Kinds =
    [
        ResourceKind.Deployment, ResourceKind.StatefulSet, ResourceKind.Pod, ResourceKind.Service, ResourceKind.NetworkPolicy, ResourceKind.Secret, ResourceKind.ConfigMap,
        ResourceKind.Claim,
    ];

    /// <summary>What runs the compute, among its objects.</summary>
    public static ResourceKind WorkloadOf(KubeRecord record) => record.Kind switch
    {
        WorkloadKind.StatefulSet => ResourceKind.StatefulSet,
        WorkloadKind.Pod => ResourceKind.Pod,
        _ => ResourceKind.Deployment,
    };

    /// <summary>Which of them a specification needs.</summary>
    public static WorkloadKind KindFor(ComputeSpec spec) =>
        spec.Images[0].Format == ImageFormat.HelmChart ? WorkloadKind.Chart
        : spec.RestartPolicy == RestartPolicy.Never ? WorkloadKind.Pod
        : spec.Volumes.Count > 0 ? WorkloadKind.StatefulSet
        : WorkloadKind.Deployment;

    /// <summary>All objects; without the bare pod of one that shall not run.</summary>
    public IReadOnlyList<IntendedObject> Of(KubeRecord record)
    {
        var spec = record.Spec!;
        var objects = new List<IntendedObject> { Settings(record, ComputePod.Name(record)) };
        if (Secrets(spec).Any())
        {
            objects.Add(Secret(record, ComputePod.SecretName(record), Secrets(spec).ToDictionary(v => v.Key, v => v.Value)));
        }

        if (spec.BootData.Length > 0)
        {
            objects.Add(Secret(record, ComputePod.BootName(record), new() { [ComputePod.BootFile] = spec.BootData }));
        }

        objects.AddRange(spec.Volumes.Select((volume, place) => Claim(record, volume, place)));
        objects.Add(Policy(record));
        if (spec.Ports.Count > 0)
        {
            objects.Add(Service(record));
        }

        if (record.Kind != WorkloadKind.Pod || record.ShallRun)
        {
            objects.Add(Workload(record));
        }

        return objects;
    }

    /// <summary>What a chart may read of its compute: ConfigMap and Secret <c>RELEASE-mano</c>, for <c>envFrom</c>.</summary>
    public IReadOnlyList<IntendedObject> ChartSettings(KubeRecord record)
    {
        var settings = Settings(record, ComputePod.Name(record) + "-mano");
        return Secrets(record.Spec!).Any() ? [settings, Secret(record, ComputePod.Name(record) + "-mano", Secrets(record.Spec!).ToDictionary(v => v.Key, v => v.Value))] : [settings];
    }

    /// <summary>What holds for a compute, for its status.</summary>
    public IReadOnlyList<Enforcement> Enforcements(KubeRecord record)
    {
        var (spec, own) = (record.Spec!, OwnDisk(record.Spec!));
        return record.Kind == WorkloadKind.Chart
            ? [new("chart", true, "what it may use is what the chart says; resources are counted only"), new("namespace", true, record.Namespace)]
            :
            [
                spec.Resources.MilliCpu == 0 ? new("cpu", false, "no limit was asked for") : new("cpu", true, $"{spec.Resources.MilliCpu} mCPU, requested and limited"),
                spec.Resources.MemoryMib == 0 ? new("memory", false, "no limit was asked for") : new("memory", true, $"{spec.Resources.MemoryMib} MiB, requested and limited"),
                own == 0 || !options.LimitDisk ? new("disk", false, "counted only") : new("disk", true, $"{own} GiB of ephemeral storage; who takes more is evicted"),
                .. spec.Volumes.Count == 0 ? Array.Empty<Enforcement>()
                    : [new("volumes", true, string.Join(", ", spec.Volumes.Select(v => $"{v.Name} ({v.SizeGib} GiB) at {ComputePod.PathOf(v)}")))],
                new("pod security", true, options.PodSecurity == PodSecurity.Restricted ? "restricted: no root, no kernel capability" : "baseline"),
                new("network", true, spec.Ports.Count == 0 ? "nobody may connect, where the cluster's network honours policies"
                    : "only declared ports are let in, where the cluster's network honours policies"),
            ];
    }

    private JsonObject Meta(KubeRecord record, string name, bool revision = false)
    {
        var notes = ComputeMark.NotesOf(record);
        if (revision)
        {
            notes[ComputeMark.RevisionNote] = record.Revision;
            notes[ComputeMark.OperationNote] = record.Fence.Last.ToString(CultureInfo.InvariantCulture);
        }

        return new() { ["name"] = name, ["namespace"] = record.Namespace, ["labels"] = Texts(mark.LabelsOf(record)), ["annotations"] = Texts(notes) };
    }

    private IntendedObject Settings(KubeRecord record, string name) => new(ResourceKind.ConfigMap, new()
    {
        ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = Meta(record, name),
        ["data"] = Texts(ComputePod.Variables(record.Spec!).Where(v => !IsSecret(v.Key))),
    });

    private IntendedObject Secret(KubeRecord record, string name, Dictionary<string, string> values) => new(ResourceKind.Secret, new()
    {
        ["apiVersion"] = "v1", ["kind"] = "Secret", ["metadata"] = Meta(record, name), ["type"] = "Opaque",
        ["data"] = Texts(values.Select(v => KeyValuePair.Create(v.Key, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(v.Value))))),
    });

    private IntendedObject Claim(KubeRecord record, ComputeVolume volume, int place)
    {
        var spec = new JsonObject
        {
            ["accessModes"] = new JsonArray("ReadWriteOnce"),
            // The API takes no claim of nothing.
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = volume.SizeGib == 0 ? "64Mi" : $"{volume.SizeGib}Gi" } },
        };
        if (options.StorageClass.Length > 0)
        {
            spec["storageClassName"] = options.StorageClass;
        }

        return new(ResourceKind.Claim, new()
        {
            ["apiVersion"] = "v1", ["kind"] = "PersistentVolumeClaim", ["metadata"] = Meta(record, ComputePod.ClaimName(record, place)), ["spec"] = spec,
        });
    }

    private IntendedObject Policy(KubeRecord record) => new(ResourceKind.NetworkPolicy, new()
    {
        ["apiVersion"] = "networking.k8s.io/v1", ["kind"] = "NetworkPolicy", ["metadata"] = Meta(record, ComputePod.Name(record)),
        ["spec"] = new JsonObject
        {
            ["podSelector"] = new JsonObject { ["matchLabels"] = Selected(record) },
            ["policyTypes"] = new JsonArray("Ingress"),
            ["ingress"] = record.Spec!.Ports.Count == 0 ? new JsonArray()
                : new JsonArray(new JsonObject { ["ports"] = new JsonArray([.. Ports(record.Spec).Select(p => new JsonObject { ["port"] = p.Number, ["protocol"] = Protocol(p) })]) }),
        },
    });

    private IntendedObject Service(KubeRecord record) => new(ResourceKind.Service, new()
    {
        ["apiVersion"] = "v1", ["kind"] = "Service", ["metadata"] = Meta(record, ComputePod.Name(record)),
        ["spec"] = new JsonObject
        {
            ["type"] = options.ServiceType,
            ["selector"] = Selected(record),
            ["ports"] = new JsonArray([.. Ports(record.Spec!).Select(p => new JsonObject
            {
                ["name"] = string.Create(CultureInfo.InvariantCulture, $"p{p.Number}-{Protocol(p).ToLowerInvariant()}"), ["port"] = p.Number, ["targetPort"] = p.Number, ["protocol"] = Protocol(p),
            })]),
        },
    });

    private IntendedObject Workload(KubeRecord record)
    {
        var meta = Meta(record, ComputePod.Name(record), revision: true);
        var pod = ComputePod.Spec(record, options);
        if (record.Kind == WorkloadKind.Pod)
        {
            meta["labels"] = Texts(PodLabels(record));
            return new(ResourceKind.Pod, new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = meta, ["spec"] = pod });
        }

        var kind = WorkloadOf(record);
        var spec = new JsonObject
        {
            ["replicas"] = record.ShallRun ? 1 : 0,
            ["revisionHistoryLimit"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = Selected(record) },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = Texts(PodLabels(record)), ["annotations"] = Texts(ComputeMark.NotesOf(record)) },
                ["spec"] = pod,
            },
        };
        if (record.Kind == WorkloadKind.StatefulSet)
        {
            spec["serviceName"] = ComputePod.Name(record);
        }
        else
        {
            // Never two of it at a time.
            spec["strategy"] = new JsonObject { ["type"] = "Recreate" };
        }

        return new(kind, new() { ["apiVersion"] = kind.ApiVersion, ["kind"] = kind.Kind, ["metadata"] = meta, ["spec"] = spec });
    }

    private IEnumerable<KeyValuePair<string, string>> PodLabels(KubeRecord record) =>
        mark.LabelsOf(record).Concat(record.Spec!.Groups.Select(g => KeyValuePair.Create(ComputePod.GroupLabel(record.Spec, g), "true")));

    private JsonObject Selected(KubeRecord record) => new()
    {
        [ComputeMark.OwnerLabel] = mark.Owner, [ComputeMark.HomeLabel] = mark.Home, [ComputeMark.ComputeLabel] = ComputeMark.KeyOf(record.ComputeId),
    };

    /// <summary>What is left for the compute itself of a disk that its volumes are counted in.</summary>
    public static long OwnDisk(ComputeSpec spec) => Math.Max(0, spec.Resources.DiskGib - spec.Volumes.Sum(v => v.SizeGib));

    private static IEnumerable<ComputePort> Ports(ComputeSpec spec) => spec.Ports.DistinctBy(p => (p.Number, p.Transport));

    public static string Protocol(ComputePort port) => port.Transport == Transport.Udp ? "UDP" : "TCP";

    /// <summary>The variables that go into a Secret, by their names: a ConfigMap is read by many.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Secrets(ComputeSpec spec) => ComputePod.Variables(spec).Where(v => IsSecret(v.Key));

    public static JsonObject Texts(IEnumerable<KeyValuePair<string, string>> values) =>
        new(values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => KeyValuePair.Create(v.Key, (JsonNode?)JsonValue.Create(v.Value))));

    private static bool IsSecret(string name) => SecretName().IsMatch(name);

    [GeneratedRegex("PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
