using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Sites;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Instances on the wire.</summary>
internal static class InstanceWire
{
    public static Wire.AppInstance ToWire(InstanceView view)
    {
        var record = view.Record;
        var wire = new Wire.AppInstance
        {
            AppInstanceId = record.AppInstanceId,
            AppInstanceName = record.Name,
            AppInstanceDescription = record.Description,
            AppPackageId = record.AppPkgId,
            AppDId = record.AppDId,
            AppName = record.AppName,
            AppProvider = record.AppProvider,
            AppSoftVersion = record.AppSoftVersion,
            AppDVersion = record.AppDVersion,
            InstantiationState = record.State == AppInstanceState.NotInstantiated
                ? Wire.AppInstance.Types.InstantiationState.NotInstantiated
                : Wire.AppInstance.Types.InstantiationState.Instantiated,
            OperationalState = record.State switch
            {
                AppInstanceState.Started => Wire.AppInstance.Types.OperationalState.Started,
                AppInstanceState.Stopped => Wire.AppInstance.Types.OperationalState.Stopped,
                _ => Wire.AppInstance.Types.OperationalState.Unspecified,
            },
            RunningOperationId = view.RunningOperation ?? "",
            CreateTime = record.CreateTime.ToTimestamp(),
            UpdateTime = record.UpdateTime.ToTimestamp(),
            NotSyncedSince = view.NotSyncedSince?.ToTimestamp(),
        };
        if (view.Location is { } at)
        {
            wire.Location = new() { SiteId = at.SiteId, HostId = at.HostId, Zone = at.Zone };
        }

        if (view.Reported is { } reported)
        {
            AddReport(wire, reported);
        }

        return wire;
    }

    private static void AddReport(Wire.AppInstance wire, SiteInstance reported)
    {
        wire.Conditions.AddRange(reported.Conditions.Select(SiteInstanceWire.ToWire));
        wire.TrafficRules.AddRange(reported.Rules.Rules.TrafficRules);
        wire.DnsRules.AddRange(reported.Rules.Rules.DnsRules);
        if (reported.Endpoint is { } endpoint)
        {
            wire.Endpoint = SiteInstanceWire.ToWire(endpoint);
        }
    }
}
