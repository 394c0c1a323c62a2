using System.Text.RegularExpressions;
using Mano.Meo.Northbound;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Inventory;

/// <summary>What a site must look like to be registered; every fault is told at once.</summary>
internal static partial class SiteRules
{
    private const int MostNamed = 64;
    private const int MostHosts = 1000;

    public static void Check(Wire.Site? site)
    {
        if (site is null)
        {
            new Faults().Require(false, "site", "is missing").ThrowIfAny("The registration");
            return;
        }

        var faults = new Faults()
            .Require(SiteId().IsMatch(site.SiteId), "site.site_id", $"'{site.SiteId}' must be 1 to 63 of a-z, 0-9 and '-'")
            .Require(IsHttp(site.MepmAddress), "site.mepm_address", $"'{site.MepmAddress}' must be an http or https URL, as http://10.0.0.5:7411")
            .Require(site.Incarnation.Length is > 0 and <= 128, "site.incarnation", "must have 1 to 128 characters")
            .Require(site.Name.Length <= 255, "site.name", "must have at most 255 characters")
            .Require(site.Hosts.Count <= MostHosts, "site.hosts", $"must be at most {MostHosts} hosts")
            .Require(site.Hosts.Select(h => h.HostId).Distinct(StringComparer.Ordinal).Count() == site.Hosts.Count, "site.hosts", "must have different ids");
        if (site.Location is { } at)
        {
            faults.Require(at.Latitude is >= -90 and <= 90, "site.location.latitude", "must be -90 to 90")
                .Require(at.Longitude is >= -180 and <= 180, "site.location.longitude", "must be -180 to 180")
                .Require(at.CountryCode.Length is 0 or 2, "site.location.country_code", "must be two letters (ISO 3166-1 alpha-2)");
        }

        for (var i = 0; i < site.Hosts.Count; i++)
        {
            Check(faults, site.Hosts[i], $"site.hosts[{i}]");
        }

        faults.ThrowIfAny("The registration", "site/" + site.SiteId);
    }

    public static void Check(Wire.HeartbeatRequest request)
    {
        var faults = new Faults().Require(request.SiteId.Length > 0, "site_id", "is missing");
        for (var i = 0; i < request.Hosts.Count; i++)
        {
            Check(faults, request.Hosts[i], $"hosts[{i}]");
        }

        faults.ThrowIfAny("The heartbeat", "site/" + request.SiteId);
    }

    /// <summary>A host that nobody has yet need not say what it runs.</summary>
    public static void CheckImagined(Faults faults, Wire.MecHost host, string path) => CheckFigures(faults, host, path);

    private static void Check(Faults faults, Wire.MecHost host, string path) => CheckFigures(faults, host, path)
        // A host whose VIM was never reached cannot say what it runs; it is shown with its trouble, and nothing is placed there.
        .Require(host.WorkloadKinds.Count is > 0 and <= 16 || (host.WorkloadKinds.Count == 0 && !host.Healthy), path + ".workload_kinds",
            "must name 1 to 16 kinds: executable, rootfs, container, vm, chart, volume, reference, any; none only where the host is not healthy");

    private static Faults CheckFigures(Faults faults, Wire.MecHost host, string path) => faults
        .Require(HostId().IsMatch(host.HostId), path + ".host_id", $"'{host.HostId}' must be 1 to 127 of a-z, 0-9 and '-'")
        .Require(host.LatencyNs >= 0, path + ".latency_ns", "must not be below 0")
        .Require(host.Networks.Count <= MostNamed && host.Tenants.Count <= MostNamed, path + ".networks", $"and tenants must be at most {MostNamed} each")
        .Require(double.IsFinite(host.Cost) && host.Cost >= 0, path + ".cost", "must be a number of at least 0")
        .Require(double.IsFinite(host.WattsPerCpu) && host.WattsPerCpu >= 0, path + ".watts_per_cpu", "must be a number of at least 0")
        .Require(NotNegative(host.Total), path + ".total", "must not be below 0")
        .Require(NotNegative(host.Used), path + ".used", "must not be below 0");

    private static bool NotNegative(Mano.Common.V1.Resources? amount) => amount is null or { MilliCpu: >= 0, MemoryMib: >= 0, DiskGib: >= 0 };

    private static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && (parsed.Scheme is "http" or "https");

    [GeneratedRegex("^[a-z0-9-]{1,63}$")]
    private static partial Regex SiteId();

    [GeneratedRegex("^[a-z0-9-]{1,127}$")]
    private static partial Regex HostId();
}
