using System.Collections.Immutable;
using Mano.Mesh.Failures;

namespace Mano.Meo.Inventory;

/// <summary>What is made of a site's model by what is asked, or why not. Pure, so that it can be decided again when another replica was faster.</summary>
internal static class SiteChanges
{
    public static Outcome<SiteModel> Reported(string siteId, string incarnation, SiteModel? present, ImmutableArray<HostReport> changed)
    {
        if (present is not { Left: false } || present.Incarnation != incarnation)
        {
            return NotRegistered(siteId);
        }

        return Unregistered(present, changed) is { } unknown
            ? unknown
            : present with { Hosts = [.. present.Hosts.Select(h => changed.FirstOrDefault(c => c.HostId == h.HostId) ?? h)] };
    }

    public static Outcome<SiteModel> Maintained(SiteModel? present, string hostId, bool maintenance)
    {
        if (present?.Hosts.Any(h => h.HostId == hostId) != true)
        {
            return NoHost(hostId);
        }

        var others = present.Maintenance.Remove(hostId);
        return present with { Maintenance = maintenance ? others.Add(hostId) : others };
    }

    public static Outcome<SiteModel> Left(string siteId, string incarnation, SiteModel? present) =>
        present?.Incarnation == incarnation ? present with { Left = true } : NotRegistered(siteId);

    /// <summary>The refusal of a heartbeat that speaks of a host which the site did not register; null if there is none.</summary>
    public static Failure? Unregistered(SiteModel site, ImmutableArray<HostReport> changed) =>
        changed.FirstOrDefault(c => !site.Hosts.Any(h => h.HostId == c.HostId)) is { } unknown
            ? Failure.NotFound("HOST_NOT_REGISTERED", $"Host {unknown.HostId} is not registered with site {site.SiteId}; register the site again.", "host/" + unknown.HostId)
            : null;

    public static Failure NotRegistered(string siteId) => Failure.NotFound(
        "SITE_NOT_REGISTERED", $"Site {siteId} is not registered in this incarnation; register it.", "site/" + siteId);

    public static Failure NoHost(string hostId) =>
        Failure.NotFound("HOST_NOT_FOUND", $"There is no host {hostId}; list the sites to see which there are.", "host/" + hostId);
}
