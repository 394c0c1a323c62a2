using System.Globalization;
using System.Text.Json.Nodes;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Objects;

/// <summary>The pod in which a compute runs. Pure.</summary>
internal static class ComputePod
{
    public const string Container = "app";
    public const string BootFile = "boot-data";

    private const string BootFolder = "/mano/boot";
    private const string VolumeFolder = "/mano/volumes";

    /// <summary>The group that volumes are given to, so that a process without root may write to them.</summary>
    private const int VolumeGroup = 10001;

    private const int FirstOrdinaryPort = 1024;

    public static string Name(KubeRecord record) => ComputeMark.NameOf(record.ComputeId);

    public static string SecretName(KubeRecord record) => Name(record);

    public static string BootName(KubeRecord record) => Name(record) + "-boot";

    public static string ClaimName(KubeRecord record, int place) => string.Create(CultureInfo.InvariantCulture, $"{Name(record)}-{place}");

    /// <summary>Where the application sees a volume.</summary>
    public static string PathOf(ComputeVolume volume) => volume.Path.Length > 0 ? volume.Path : $"{VolumeFolder}/{volume.Name}";

    /// <summary>The application's environment, but for its address, which only its pod knows.</summary>
    public static SortedDictionary<string, string> Variables(ComputeSpec spec)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal) { [ComputeVariables.AppInstanceId] = spec.Labels.AppInstanceId };
        foreach (var port in spec.Ports)
        {
            variables[ComputeVariables.Port(port.Name)] = port.Number.ToString(CultureInfo.InvariantCulture);
        }

        if (spec.BootData.Length > 0)
        {
            variables[ComputeVariables.BootData] = $"{BootFolder}/{BootFile}";
        }

        foreach (var volume in spec.Volumes)
        {
            variables[ComputeVariables.Volume(volume.Name)] = PathOf(volume);
        }

        foreach (var (name, value) in spec.Environment)
        {
            variables[name] = value;
        }

        variables.Remove(ComputeVariables.Address);
        return variables;
    }

    /// <summary>The pod's spec.</summary>
    public static JsonObject Spec(KubeRecord record, KubernetesOptions options)
    {
        var spec = record.Spec!;
        var pod = new JsonObject
        {
            // Nothing leaks in: no token of the cluster, no variables of other services.
            ["automountServiceAccountToken"] = false,
            ["enableServiceLinks"] = false,
            ["restartPolicy"] = record.Kind == WorkloadKind.Pod ? "Never" : "Always",
            ["terminationGracePeriodSeconds"] = (long)Math.Ceiling(options.StopGrace.TotalSeconds),
            ["securityContext"] = Security(spec, options),
            ["containers"] = new JsonArray(ContainerOf(record, options)),
        };
        if (options.ImagePullSecrets.Count > 0)
        {
            pod["imagePullSecrets"] = new JsonArray([.. options.ImagePullSecrets.Select(s => new JsonObject { ["name"] = s })]);
        }

        if (Volumes(record) is { Count: > 0 } volumes)
        {
            pod["volumes"] = volumes;
        }

        if (spec.Zone.Length > 0)
        {
            pod["nodeSelector"] = new JsonObject { [ZoneLabel] = spec.Zone };
        }

        if (spec.Groups.Count > 0)
        {
            pod["affinity"] = Affinity(spec);
        }

        return pod;
    }

    /// <summary>The label by which the pods of a group find one another.</summary>
    public static string GroupLabel(ComputeSpec spec, AffinityGroup group) => $"mano/group-{ComputeMark.Hash($"{spec.Labels.Tenant}/{group.Rule}/{group.Name}", 16)}";

    private static JsonObject Affinity(ComputeSpec spec)
    {
        var affinity = new JsonObject();
        foreach (var rule in spec.Groups.GroupBy(g => g.Rule))
        {
            affinity[rule.Key == AffinityRule.Apart ? "podAntiAffinity" : "podAffinity"] = new JsonObject
            {
                ["requiredDuringSchedulingIgnoredDuringExecution"] = new JsonArray([.. rule.Select(g => new JsonObject
                {
                    ["labelSelector"] = new JsonObject { ["matchLabels"] = new JsonObject { [GroupLabel(spec, g)] = "true" } },
                    ["topologyKey"] = HostLabel,
                })]),
            };
        }

        return affinity;
    }

    private const string HostLabel = "kubernetes.io/hostname";

    /// <summary>Where nodes say in which zone they are.</summary>
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    private static JsonObject ContainerOf(KubeRecord record, KubernetesOptions options)
    {
        var spec = record.Spec!;
        var from = new JsonArray(new JsonObject { ["configMapRef"] = new JsonObject { ["name"] = Name(record) } });
        if (ComputeObjects.Secrets(spec).Any())
        {
            from.Add(new JsonObject { ["secretRef"] = new JsonObject { ["name"] = SecretName(record) } });
        }

        var container = new JsonObject
        {
            ["name"] = Container,
            ["image"] = record.Image,
            ["envFrom"] = from,
            ["env"] = new JsonArray(new JsonObject
            {
                ["name"] = ComputeVariables.Address, ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = "status.podIP" } },
            }),
            ["securityContext"] = ContainerSecurity(options),
        };
        if (spec.Command.Count > 0)
        {
            // $(NAME) would be expanded; $$(NAME) is the text itself.
            container["args"] = new JsonArray([.. spec.Command.Select(c => JsonValue.Create(c.Replace("$(", "$$(", StringComparison.Ordinal)))]);
        }

        if (spec.Ports.Count > 0)
        {
            container["ports"] = new JsonArray([.. spec.Ports.DistinctBy(p => (p.Number, p.Transport))
                .Select(p => new JsonObject { ["containerPort"] = p.Number, ["protocol"] = ComputeObjects.Protocol(p) })]);
        }

        if (Limits(spec, options) is { Count: > 0 } limits)
        {
            container["resources"] = new JsonObject { ["requests"] = limits.DeepClone(), ["limits"] = limits };
        }

        if (Mounts(spec) is { Count: > 0 } mounts)
        {
            container["volumeMounts"] = mounts;
        }

        return container;
    }

    private static JsonObject Limits(ComputeSpec spec, KubernetesOptions options)
    {
        var limits = new JsonObject();
        void Limit(string name, long amount, string unit)
        {
            if (amount > 0)
            {
                limits[name] = string.Create(CultureInfo.InvariantCulture, $"{amount}{unit}");
            }
        }

        Limit("cpu", spec.Resources.MilliCpu, "m");
        Limit("memory", spec.Resources.MemoryMib, "Mi");
        Limit("ephemeral-storage", options.LimitDisk ? ComputeObjects.OwnDisk(spec) : 0, "Gi");
        return limits;
    }

    private static JsonArray Volumes(KubeRecord record)
    {
        var volumes = new JsonArray([.. record.Spec!.Volumes.Select((_, place) => new JsonObject
        {
            ["name"] = VolumeName(place), ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = ClaimName(record, place) },
        })]);
        if (record.Spec.BootData.Length > 0)
        {
            volumes.Add(new JsonObject { ["name"] = BootFile, ["secret"] = new JsonObject { ["secretName"] = BootName(record) } });
        }

        return volumes;
    }

    private static JsonArray Mounts(ComputeSpec spec)
    {
        var mounts = new JsonArray([.. spec.Volumes.Select((volume, place) => new JsonObject { ["name"] = VolumeName(place), ["mountPath"] = PathOf(volume) })]);
        if (spec.BootData.Length > 0)
        {
            mounts.Add(new JsonObject { ["name"] = BootFile, ["mountPath"] = BootFolder, ["readOnly"] = true });
        }

        return mounts;
    }

    private static string VolumeName(int place) => string.Create(CultureInfo.InvariantCulture, $"volume-{place}");

    private static JsonObject Security(ComputeSpec spec, KubernetesOptions options)
    {
        var security = new JsonObject { ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" } };
        if (options.PodSecurity == PodSecurity.Restricted)
        {
            security["runAsNonRoot"] = true;
        }

        if (options.RunAsUser > 0)
        {
            security["runAsUser"] = options.RunAsUser;
        }

        if (spec.Volumes.Count > 0)
        {
            security["fsGroup"] = VolumeGroup;
            security["fsGroupChangePolicy"] = "OnRootMismatch";
        }

        if (spec.Ports.Any(p => p.Number < FirstOrdinaryPort))
        {
            // One of the few sysctls that the restricted standard allows: low ports without root.
            security["sysctls"] = new JsonArray(new JsonObject { ["name"] = "net.ipv4.ip_unprivileged_port_start", ["value"] = "0" });
        }

        return security;
    }

    private static JsonObject ContainerSecurity(KubernetesOptions options)
    {
        var security = new JsonObject { ["allowPrivilegeEscalation"] = false };
        if (options.PodSecurity == PodSecurity.Restricted)
        {
            security["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") };
        }

        return security;
    }
}
