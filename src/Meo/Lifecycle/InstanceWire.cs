using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Placement;
using Mano.Meo.Sites;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>Instances on the wire: the stored record, and what its site says now.</summary>
internal static class InstanceWire
{
    /// <param name="record">As stored.</param>
    /// <param name="reported">What the site reports, or last reported; null if it never did.</param>
    /// <param name="runningOperation">The unfinished operation, or null.</param>
    /// <param name="notSyncedSince">Since when the site's reports have not been in sync; null while they are, or there is no site.</param>
    public static Wire.AppInstance ToWire(AppInstanceRecord record, SiteInstance? reported, string? runningOperation, DateTimeOffset? notSyncedSince)
    {
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
            RunningOperationId = runningOperation ?? "",
            CreateTime = record.CreateTime.ToTimestamp(),
            UpdateTime = record.UpdateTime.ToTimestamp(),
            NotSyncedSince = notSyncedSince?.ToTimestamp(),
        };
        if (record.State != AppInstanceState.NotInstantiated && record.Location is { } at)
        {
            wire.Location = new() { SiteId = at.SiteId, HostId = at.HostId, Zone = at.Zone };
        }

        if (reported is not null)
        {
            AddReport(wire, reported);
        }

        return wire;
    }

    /// <summary>What was reported, when the site is not heard any more: nobody knows whether it still holds.</summary>
    public static SiteInstance Unheard(SiteInstance reported, string siteId, SiteHealth health, DateTimeOffset since) => reported with
    {
        Conditions = [.. reported.Conditions.Select(c => c with
        {
            Status = ConditionStatus.Unknown,
            Reason = "SITE_" + health.ToString().ToUpperInvariant(),
            Message = $"site {siteId} is not heard; last known: {c.Status}{(c.Message.Length > 0 ? ", " + c.Message : "")}",
            Since = since,
        })],
    };

    /// <summary>What was reported, when the site's reports are not in sync at the moment: most likely it still holds.</summary>
    public static SiteInstance Old(SiteInstance reported, string siteId, DateTimeOffset since) => reported with
    {
        Conditions = [.. reported.Conditions.Select(c => c with
        {
            Message = $"site {siteId} is not in sync since {since:HH:mm:ss}Z; before: {(c.Message.Length > 0 ? c.Message : c.Status.ToString())}",
        })],
    };

    /// <summary>What is true of an instance that its site, heard out, does not have: nothing, whatever was last reported.</summary>
    public static SiteInstance Lost(SiteInstance last, string siteId) => last with
    {
        Endpoint = null,
        Rules = ReportedRules.None,
        Conditions = [.. last.Conditions.Select(c => c with
        {
            Status = ConditionStatus.False,
            Reason = "LOST_AT_SITE",
            Message = $"site {siteId} was listed anew and does not have the instance",
        })],
    };

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
