using Mano.Meo.Inventory;
using Mano.Meo.Northbound;
using Mano.Meo.Placement;
using Wire = Mano.Lifecycle.V1;

namespace Mano.Meo.Lifecycle;

/// <summary>The fleet as somebody imagines it: hosts or sites lost, hosts added.</summary>
internal static class WhatIf
{
    private const int MostNamed = 1_000;

    public static void Check(Faults faults, Wire.WhatIf? asked)
    {
        if (asked is null)
        {
            return;
        }

        faults
            .Require(asked.Lost.Count <= MostNamed, "what_if.lost", $"must be at most {MostNamed}")
            .Require(asked.Added.Count <= MostNamed, "what_if.added", $"must be at most {MostNamed}");
        for (var i = 0; i < asked.Added.Count; i++)
        {
            var path = $"what_if.added[{i}]";
            faults.Require(asked.Added[i].Host is { HostId.Length: > 0 }, path + ".host.host_id", "is missing");
            if (asked.Added[i] is { Host: { } host })
            {
                SiteRules.CheckImagined(faults, host, path + ".host");
            }
        }
    }

    /// <summary>The fleet as it would be, or INVALID_ARGUMENT for a host or site that is not there to be lost.</summary>
    public static FleetSnapshot In(FleetSnapshot fleet, Wire.WhatIf? asked)
    {
        if (asked is null)
        {
            return fleet;
        }

        var faults = new Faults();
        foreach (var id in asked.Lost)
        {
            var hosts = fleet.Find(id) is { } host ? [host] : fleet.AtSite(id)?.All().Select(e => e.Host).ToList() ?? [];
            faults.Require(hosts.Count > 0, "what_if.lost", $"'{id}' is neither a host nor a site that has hosts");
            fleet = hosts.Aggregate(fleet, (f, gone) => f.Without(gone.HostId));
        }

        faults.ThrowIfAny("The question");
        return asked.Added.Aggregate(fleet, (f, added) => f.With(Imagined(f, added)));
    }

    /// <summary>Healthy, of a site that is heard from, and running anything unless it says what. Where a site is known, its place is.</summary>
    private static HostModel Imagined(FleetSnapshot fleet, Wire.AddedHost added)
    {
        var siteId = added.SiteId.Length > 0 ? added.SiteId : "what-if";
        var neighbour = fleet.AtSite(siteId)?.Least.Host;
        var site = new SiteModel
        {
            SiteId = siteId,
            MepmAddress = "",
            Location = added.Location is { } at ? new(at.Latitude, at.Longitude, added.CountryCode)
                : neighbour?.Location is { } there ? new(there.Latitude, there.Longitude, neighbour.CountryCode)
                : null,
        };
        var host = HostReports.ToHost(site, SiteHealth.Alive, SiteWire.ToReport(added.Host) with { Healthy = true });
        return host with
        {
            CountryCode = added.CountryCode.Length > 0 ? added.CountryCode : neighbour?.CountryCode ?? "",
            WorkloadKinds = host.WorkloadKinds.Length > 0 ? host.WorkloadKinds : ["any"],
            Others = SiteWire.ToAmount(added.Host.Used),
        };
    }
}
