using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Mano.Mesh.Failures;
using V1 = Mano.Common.V1;
using Wire = Mano.Site.V1;

namespace Mano.Meo.Sites;

/// <summary>Instances of a site between the wire and our own records.</summary>
internal static class SiteInstanceWire
{
    public static SiteInstance ToModel(Wire.AppInstance instance) => new()
    {
        AppInstanceId = instance.AppInstanceId,
        Generation = instance.Generation,
        ObservedGeneration = instance.ObservedGeneration,
        HostId = instance.HostId,
        Phase = instance.Phase switch
        {
            Wire.AppInstance.Types.Phase.Steady => SitePhase.Steady,
            Wire.AppInstance.Types.Phase.Terminating => SitePhase.Terminating,
            Wire.AppInstance.Types.Phase.Failed => SitePhase.Failed,
            Wire.AppInstance.Types.Phase.Degraded => SitePhase.Degraded,
            _ => SitePhase.Progressing,
        },
        Conditions = [.. instance.Conditions.Select(ToModel)],
        Endpoint = instance.Endpoint is { Address.Length: > 0 } at ? ToModel(at) : null,
        Rules = ReportedRules.Of(instance),
        Failure = instance.Failure is { } failure ? failure.ToFailure(KindOf(failure.Reason)) with { Retryable = false } : null,
    };

    public static V1.Condition ToWire(InstanceCondition condition) => new()
    {
        Type = condition.Type,
        Status = condition.Status switch
        {
            ConditionStatus.True => V1.Condition.Types.Status.True,
            ConditionStatus.False => V1.Condition.Types.Status.False,
            _ => V1.Condition.Types.Status.Unknown,
        },
        Reason = condition.Reason,
        Message = condition.Message,
        LastTransitionTime = condition.Since.ToTimestamp(),
    };

    public static V1.Endpoint ToWire(InstanceEndpoint endpoint)
    {
        var wire = new V1.Endpoint { Address = endpoint.Address };
        wire.Ports.AddRange(endpoint.Ports.Select(p => new V1.Port { Name = p.Name, Protocol = p.Protocol, Number = (uint)p.Number }));
        return wire;
    }

    private static InstanceCondition ToModel(V1.Condition condition) => new(
        condition.Type,
        condition.Status switch
        {
            V1.Condition.Types.Status.True => ConditionStatus.True,
            V1.Condition.Types.Status.False => ConditionStatus.False,
            _ => ConditionStatus.Unknown,
        },
        condition.Reason,
        condition.Message,
        condition.LastTransitionTime?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch);

    private static InstanceEndpoint ToModel(V1.Endpoint endpoint) => new(
        endpoint.Address,
        [.. endpoint.Ports.Select(p => new InstancePort(p.Name, p.Protocol, (int)p.Number))]);

    /// <summary>A message's failure does not say its kind; the reason does. What a site gives up on, no retry of ours cures.</summary>
    private static FailureKind KindOf(string reason) =>
        reason.Contains("CAPACITY", StringComparison.Ordinal) ? FailureKind.NoCapacity : FailureKind.IllegalState;
}
