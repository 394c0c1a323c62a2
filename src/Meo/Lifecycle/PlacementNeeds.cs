using System.Collections.Immutable;
using System.Globalization;
using Mano.Meo.Placement;
using Mano.Packages.AppD;

namespace Mano.Meo.Lifecycle;

/// <summary>What an application needs of a host: its descriptor and its caller's constraints in the terms of placement.</summary>
internal static class PlacementNeeds
{
    /// <param name="package">The package.</param>
    /// <param name="constraints">The caller's.</param>
    /// <param name="seed">Breaks ties: the operation's id.</param>
    /// <param name="appInstanceId">The instance to be placed; empty when it is only asked where one would go.</param>
    public static PlacementRequest Of(OnboardedPackage package, PlacementConstraints constraints, string seed, string appInstanceId)
    {
        var app = package.Descriptor;
        return new()
        {
            Seed = seed,
            AppInstanceId = appInstanceId,
            Needed = AmountOf(app),
            WorkloadKinds = [.. ImageKinds.NeededFor(app, package.Artifacts), .. ImageKinds.BesideImages(app)],
            CpuArchitecture = app.VirtualComputeDescriptor?.VirtualCpu.CpuArchitecture ?? "",
            MaxLatencyNs = Tighter(app.AppLatency?.MaxLatency, constraints.MaxLatencyNs),
            Services = [.. app.AppServiceRequired.Select(Needed)],
            Features = [.. app.AppFeatureRequired.Select(f => new OfferedFeature(f.FeatureName, f.Version))],
            Hardware = HardwareOf(app),
            Devices = DevicesOf(app),
            Zones = constraints.Zones,
            SiteId = constraints.SiteId,
            HostId = constraints.HostId,
            CountryCode = constraints.CountryCode,
            AntiAffinity = constraints.AntiAffinity,
            Affinity = constraints.Affinity,
            AppPkgId = package.AppPkgId,
            Tenant = Tenants.Default,
            Area = constraints.Area.Length == 0 ? null : GeoJson.Read(constraints.Area).Value,
            UserLocation = constraints.UserLocation,
            Networks = constraints.Networks,
            OptionalServices = [.. app.AppServiceOptional.Select(Needed)],
            OptionalFeatures = [.. app.AppFeatureOptional.Select(f => new OfferedFeature(f.FeatureName, f.Version))],
            AntiAffinityGroups = constraints.AntiAffinityGroups,
            AffinityGroups = constraints.AffinityGroups,
        };
    }

    /// <summary>The resources one instance takes.</summary>
    public static ResourceAmount AmountOf(AppDescriptor app)
    {
        var need = app.Need();
        return new(need.Vcpus * 1000L, need.MemoryMib, need.DiskGib);
    }

    private static long? Tighter(long? appD, long? caller) => (appD, caller) switch
    {
        (null, _) => caller,
        (_, null) => appD,
        _ => Math.Min(appD.Value, caller.Value),
    };

    /// <summary>The label rule (MEC 010-2): transports that share a label are needed together, labels are alternatives.</summary>
    private static NeededService Needed(ServiceDependency service) => new(
        service.SerName,
        service.Version,
        [.. service.SerTransportDependencies
            .SelectMany(t => t.Labels.DefaultIfEmpty("").Select(label => (Label: label, t.Transport.Type)))
            .GroupBy(t => t.Label, t => t.Type)
            .Select(group => group.Distinct().ToImmutableArray())]);

    /// <summary>
    /// "gpu=1" asks for "gpu"; so does a mandatory additional capability of that name. What the descriptor asks of memory and CPU beyond
    /// amounts is asked under these names: "numa", "hugepages-2m", "hugepages-1g" or "hugepages", "cpu-pinning".
    /// </summary>
    private static ImmutableArray<string> HardwareOf(AppDescriptor app)
    {
        var capabilities = app.RequestAdditionalCapabilities.Concat(app.VirtualComputeDescriptor?.RequestAdditionalCapabilities ?? []);
        var required = (app.VirtualComputeDescriptor?.ComputeRequirements ?? [])
            .Select(r => r.Split('=', 2))
            .Where(r => r.Length == 1 || r[1].Trim() is not ("0" or "false"))
            .Select(r => r[0]);
        return [.. capabilities.Where(c => c.SupportMandatory).Select(c => c.RequestedAdditionalCapabilityName)
            .Concat(required).Concat(BeyondAmounts(app.VirtualComputeDescriptor)).Select(name => name.Trim().ToLowerInvariant()).Distinct()];
    }

    /// <summary>"gpu=2" asks for two; "gpu" and "gpu=true" for one, which is counted where the host's are.</summary>
    public static ImmutableSortedDictionary<string, int> DevicesOf(AppDescriptor app) => Devices.Of(
        (app.VirtualComputeDescriptor?.ComputeRequirements ?? [])
            .Select(r => r.Split('=', 2))
            .Select(r => (Name: r[0], Count: r.Length == 1 || !int.TryParse(r[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                ? r.Length == 1 || r[1].Trim() is "true" ? 1 : 0
                : count))
            .Where(d => d.Count > 0)
            .Select(d => string.Create(CultureInfo.InvariantCulture, $"{d.Name}:{d.Count}")));

    private static IEnumerable<string> BeyondAmounts(VirtualComputeDescriptor? compute)
    {
        if (compute?.VirtualMemory.NumaEnabled == true)
        {
            yield return "numa";
        }

        if (compute?.VirtualMemory.HugePagesRequirements is { Length: > 0 } pages)
        {
            yield return pages.Contains("1G", StringComparison.OrdinalIgnoreCase) ? "hugepages-1g"
                : pages.Contains("2M", StringComparison.OrdinalIgnoreCase) ? "hugepages-2m"
                : "hugepages";
        }

        if (compute?.VirtualCpu.VirtualCpuPinning?.VirtualCpuPinningPolicy is "STATIC")
        {
            yield return "cpu-pinning";
        }
    }
}
