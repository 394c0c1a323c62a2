using Mano.Meo.Placement;
using Mano.Meo.Sites;

namespace Mano.Meo.Lifecycle;

/// <summary>What a site's last report is worth when the site cannot be asked at this moment, or has lost what it reported.</summary>
internal static class InstanceReports
{
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
}
