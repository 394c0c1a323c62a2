using Google.Protobuf.WellKnownTypes;
using Mano.Mepm.Instances;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.Platform.V1;
using Mano.Site.V1;
using WireCondition = Mano.Common.V1.Condition;

namespace Mano.Mepm.Sites;

/// <summary>From our own records to site.v1's answers.</summary>
internal static class SiteAnswers
{
    public static AppInstance ToWire(this InstanceView view)
    {
        var (record, status, _) = view;
        var wire = new AppInstance
        {
            AppInstanceId = record.AppInstanceId,
            Generation = record.Generation,
            ObservedGeneration = status.ObservedGeneration,
            HostId = record.Desired.HostId,
            Phase = PhaseOf(status.Phase),
            Endpoint = status.Endpoint?.ToWire(),
            Failure = status.Failure?.ToWire(),
            Restarts = status.Restarts,
        };
        wire.Conditions.AddRange(status.Conditions.Select(ToWire));
        wire.TrafficRules.AddRange(status.Rules.Traffic.Select(r => r.ToMessage<TrafficRuleStatus>()));
        wire.DnsRules.AddRange(status.Rules.Dns.Select(r => r.ToMessage<DnsRuleStatus>()));
        return wire;
    }

    public static WatchAppInstancesResponse ToWire(this InstanceEvent told) =>
        ReferenceEquals(told, InstanceEvent.Synced) ? new() { Synced = new() }
        : told.Changed is { } view ? new() { Changed = view.ToWire() }
        : new() { Gone = new() { AppInstanceId = told.AppInstanceId, Generation = told.Generation } };

    private static WireCondition ToWire(Condition condition) => new()
    {
        Type = condition.Type.ToString(),
        Status = condition.Holds switch
        {
            Truth.Yes => WireCondition.Types.Status.True,
            Truth.No => WireCondition.Types.Status.False,
            _ => WireCondition.Types.Status.Unknown,
        },
        Reason = condition.Reason,
        Message = condition.Message,
        LastTransitionTime = Timestamp.FromDateTimeOffset(condition.Since),
    };

    private static AppInstance.Types.Phase PhaseOf(InstancePhase phase) => phase switch
    {
        InstancePhase.Progressing => AppInstance.Types.Phase.Progressing,
        InstancePhase.Steady => AppInstance.Types.Phase.Steady,
        InstancePhase.Terminating => AppInstance.Types.Phase.Terminating,
        InstancePhase.Failed => AppInstance.Types.Phase.Failed,
        _ => AppInstance.Types.Phase.Degraded,
    };
}
