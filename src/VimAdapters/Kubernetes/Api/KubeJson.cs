using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Records;

namespace Mano.VimAdapters.Kubernetes.Api;

// The part of the Kubernetes API that is read, spelled as it is there. What is written is JSON built by Objects/.

/// <summary>What every object says of itself.</summary>
internal sealed record ObjectMeta
{
    public string Name { get => field ?? ""; init; } = "";

    public string Namespace { get => field ?? ""; init; } = "";

    public string Uid { get => field ?? ""; init; } = "";

    public string ResourceVersion { get => field ?? ""; init; } = "";

    public DateTimeOffset? CreationTimestamp { get; init; }

    public DateTimeOffset? DeletionTimestamp { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get => field ?? KubeObject.Nothing; init; } = KubeObject.Nothing;

    public IReadOnlyDictionary<string, string> Annotations { get => field ?? KubeObject.Nothing; init; } = KubeObject.Nothing;

    public IReadOnlyList<string> Finalizers { get => field ?? []; init; } = [];

    public string? LabelOf(string name) => Labels.GetValueOrDefault(name);
}

/// <summary>Any object, of which only the metadata matters.</summary>
internal record KubeObject
{
    /// <summary>What is not in the JSON: generated readers set it to null, whatever it was before.</summary>
    public static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();

    public ObjectMeta Metadata { get => field ?? new(); init; } = new();
}

internal sealed record ListMeta(string? ResourceVersion, string? Continue);

internal sealed record KubeList<T>(ListMeta? Metadata, IReadOnlyList<T>? Items);

internal sealed record WatchLine(string Type, JsonObject? Object);

internal sealed record StatusCause(string? Reason, string? Message, string? Field);

internal sealed record StatusDetails(string? Name, string? Kind, IReadOnlyList<StatusCause>? Causes, int? RetryAfterSeconds);

/// <summary>What the server says where it does not do what was asked.</summary>
internal sealed record ApiStatus(string? Kind, string? Status, string? Reason, string? Message, StatusDetails? Details, int? Code)
{
    public Connection.ApiRefusedException ToException(System.Net.HttpStatusCode status, string asked) => new(
        Code is { } code and > 0 ? (System.Net.HttpStatusCode)code : status, Reason ?? "", Message ?? "it gave no reason",
        [.. (Details?.Causes ?? []).Select(c => c.Field is { Length: > 0 } field ? $"{field}: {c.Message}" : c.Message ?? "")]) { Asked = asked };
}

internal sealed record KubeSecret : KubeObject
{
    public string? Type { get; init; }

    public IReadOnlyDictionary<string, string> Data { get => field ?? KubeObject.Nothing; init; } = KubeObject.Nothing;
}

internal sealed record KubeCondition(string Type, string Status, string? Reason, string? Message, DateTimeOffset? LastTransitionTime);

internal sealed record KubeWorkload : KubeObject
{
    public WorkloadSpec? Spec { get; init; }

    public WorkloadStatus? Status { get; init; }
}

internal sealed record WorkloadSpec(int? Replicas);

internal sealed record WorkloadStatus(
    int? Replicas, int? ReadyReplicas, int? AvailableReplicas, int? UpdatedReplicas, int? DesiredNumberScheduled, int? NumberReady, long? ObservedGeneration,
    IReadOnlyList<KubeCondition>? Conditions);

internal sealed record KubePod : KubeObject
{
    public PodSpec? Spec { get; init; }

    public PodStatus? Status { get; init; }
}

internal sealed record PodSpec(string? NodeName, IReadOnlyList<PodContainer>? Containers, IReadOnlyList<PodContainer>? InitContainers, IReadOnlyDictionary<string, string>? Overhead);

internal sealed record PodContainer(string? Name, string? Image, ContainerResources? Resources, string? RestartPolicy);

internal sealed record ContainerResources(IReadOnlyDictionary<string, string>? Requests, IReadOnlyDictionary<string, string>? Limits);

internal sealed record PodStatus
{
    public string Phase { get => field ?? ""; init; } = "";

    public string? Reason { get; init; }

    public string? Message { get; init; }

    [JsonPropertyName("podIP")]
    public string? PodIp { get; init; }

    public DateTimeOffset? StartTime { get; init; }

    public IReadOnlyList<KubeCondition> Conditions { get => field ?? []; init; } = [];

    public IReadOnlyList<ContainerStatus> ContainerStatuses { get => field ?? []; init; } = [];

    public IReadOnlyList<ContainerStatus> InitContainerStatuses { get => field ?? []; init; } = [];
}

internal sealed record KubeJob : KubeObject
{
    public WorkloadStatus? Status { get; init; }
}

internal sealed record ContainerStatus
{
    public string Name { get => field ?? ""; init; } = "";

    public bool Ready { get; init; }

    public int RestartCount { get; init; }

    public string? Image { get; init; }

    public ContainerState? State { get; init; }

    public ContainerState? LastState { get; init; }
}

internal sealed record ContainerState(WaitingState? Waiting, RunningState? Running, TerminatedState? Terminated);

internal sealed record WaitingState(string? Reason, string? Message);

internal sealed record RunningState(DateTimeOffset? StartedAt);

internal sealed record TerminatedState(int ExitCode, int? Signal, string? Reason, string? Message, DateTimeOffset? FinishedAt);

internal sealed record KubeService : KubeObject
{
    public ServiceSpec? Spec { get; init; }

    public ServiceStatus? Status { get; init; }
}

internal sealed record ServiceSpec
{
    [JsonPropertyName("clusterIP")]
    public string? ClusterIp { get; init; }
}

internal sealed record ServiceStatus(LoadBalancerStatus? LoadBalancer);

internal sealed record LoadBalancerStatus(IReadOnlyList<LoadBalancerIngress>? Ingress);

internal sealed record LoadBalancerIngress(string? Ip, string? Hostname);

internal sealed record KubeNode : KubeObject
{
    public NodeSpec? Spec { get; init; }

    public NodeStatus? Status { get; init; }
}

internal sealed record NodeSpec(bool? Unschedulable, IReadOnlyList<NodeTaint>? Taints);

internal sealed record NodeTaint(string? Key, string? Effect);

internal sealed record NodeStatus(IReadOnlyDictionary<string, string>? Allocatable, IReadOnlyList<KubeCondition>? Conditions);

internal sealed record KubeQuota : KubeObject
{
    public QuotaStatus? Status { get; init; }
}

internal sealed record QuotaStatus(IReadOnlyDictionary<string, string>? Hard, IReadOnlyDictionary<string, string>? Used);

internal sealed record KubeEvent : KubeObject
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Type { get; init; }

    public DateTimeOffset? FirstTimestamp { get; init; }

    public DateTimeOffset? LastTimestamp { get; init; }

    public DateTimeOffset? EventTime { get; init; }

    /// <summary>When it happened last: old and new sources fill different fields.</summary>
    [JsonIgnore]
    public DateTimeOffset At => LastTimestamp ?? EventTime ?? FirstTimestamp ?? Metadata.CreationTimestamp ?? DateTimeOffset.UnixEpoch;
}

internal sealed record KubeVersion(string? GitVersion, string? Major, string? Minor);

internal sealed record ApiResource(string Name, string Kind, bool Namespaced, IReadOnlyList<string>? Verbs);

internal sealed record ApiResources(IReadOnlyList<ApiResource>? Resources);

internal sealed record ApiGroups(IReadOnlyList<ApiGroup>? Groups);

internal sealed record ApiGroup(string? Name, IReadOnlyList<ApiGroupVersion>? Versions);

internal sealed record ApiGroupVersion(string? GroupVersion);

internal sealed record AccessReview(AccessReviewStatus? Status);

internal sealed record AccessReviewStatus(bool Allowed, string? Reason);

internal sealed record SelfReview(SelfReviewStatus? Status);

internal sealed record SelfReviewStatus(SelfReviewUser? UserInfo);

internal sealed record SelfReviewUser(string? Username);

internal sealed record KubePodMetrics : KubeObject
{
    public DateTimeOffset? Timestamp { get; init; }

    public string? Window { get; init; }

    public IReadOnlyList<ContainerUsage>? Containers { get; init; }
}

internal sealed record ContainerUsage(string? Name, IReadOnlyDictionary<string, string>? Usage);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(WatchLine))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(KubeObject))]
[JsonSerializable(typeof(KubeList<JsonObject>), TypeInfoPropertyName = "ListOfObject")]
[JsonSerializable(typeof(KubeList<KubeObject>), TypeInfoPropertyName = "ListOfAny")]
[JsonSerializable(typeof(KubeList<KubeSecret>), TypeInfoPropertyName = "ListOfSecret")]
[JsonSerializable(typeof(KubeList<KubePod>), TypeInfoPropertyName = "ListOfPod")]
[JsonSerializable(typeof(KubeList<KubeWorkload>), TypeInfoPropertyName = "ListOfWorkload")]
[JsonSerializable(typeof(KubeList<KubeService>), TypeInfoPropertyName = "ListOfService")]
[JsonSerializable(typeof(KubeList<KubeNode>), TypeInfoPropertyName = "ListOfNode")]
[JsonSerializable(typeof(KubeList<KubeQuota>), TypeInfoPropertyName = "ListOfQuota")]
[JsonSerializable(typeof(KubeList<KubeEvent>), TypeInfoPropertyName = "ListOfEvent")]
[JsonSerializable(typeof(KubeJob))]
[JsonSerializable(typeof(KubePod))]
[JsonSerializable(typeof(KubeVersion))]
[JsonSerializable(typeof(ApiResources))]
[JsonSerializable(typeof(ApiGroups))]
[JsonSerializable(typeof(AccessReview))]
[JsonSerializable(typeof(SelfReview))]
[JsonSerializable(typeof(KubePodMetrics))]
internal sealed partial class KubeJson : JsonSerializerContext;

/// <summary>What the adapter stores of its own, with its own spelling and all fields.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(KubeRecord))]
[JsonSerializable(typeof(ComputeSpec))]
internal sealed partial class KubeRecordJson : JsonSerializerContext;
