using Mano.Meo.Placement;

namespace Mano.Meo.Inventory;

/// <summary>A host as placement sees it, of what its site says.</summary>
internal static class HostReports
{
    /// <summary>Without what is held and owed on it, which the site does not know.</summary>
    public static HostModel ToHost(SiteModel site, SiteHealth health, HostReport report) => new()
    {
        HostId = report.HostId,
        SiteId = site.SiteId,
        Zone = report.Zone,
        CountryCode = site.Location?.CountryCode ?? "",
        Location = site.Location is { } at ? new(at.Latitude, at.Longitude) : null,
        SiteHealth = health,
        Healthy = report.Healthy,
        Message = report.Message,
        Maintenance = site.Maintenance.Contains(report.HostId),
        WorkloadKinds = report.WorkloadKinds,
        CpuArchitecture = report.CpuArchitecture,
        Total = report.Total,
        LatencyNs = report.LatencyNs,
        Services = report.Services,
        Features = report.Features,
        Hardware = [.. report.Hardware.Select(Devices.NameOf)],
        Devices = Devices.Of(report.Hardware),
        Networks = report.Networks,
        Tenants = report.Tenants,
        Cost = report.Cost,
        WattsPerCpu = report.WattsPerCpu,
    };
}
