using System.Collections.Immutable;

namespace Mano.Meo.Placement.Filters;

/// <summary>The filters there are, in the order in which they are asked: cheapest and most telling first.</summary>
internal static class HostFilters
{
    public static ImmutableArray<IHostFilter> Known { get; } =
    [
        new NamedHostFilter(),       // OTHER_SITE, OTHER_HOST        what the caller named
        new ZoneFilter(),            // OTHER_ZONE
        new AreaFilter(),            // OUTSIDE_AREA
        new CountryFilter(),         // OTHER_COUNTRY
        new TenantFilter(),          // OTHER_TENANT                  whom the host serves
        new HealthFilter(),          // SITE_…, UNHEALTHY, MAINTENANCE
        new WorkloadFilter(),        // OTHER_WORKLOAD                what the VIM can run
        new ArchitectureFilter(),    // OTHER_ARCHITECTURE
        new LatencyBudgetFilter(),   // LATENCY_TOO_HIGH
        new ServiceFilter(),         // NO_SERVICE                    what the platform has
        new FeatureFilter(),         // NO_FEATURE
        new HardwareFilter(),        // NO_HARDWARE
        new NetworkFilter(),         // NO_NETWORK
        new GroupFilter(),           // AFFINITY_GROUP, ANTI_AFFINITY_GROUP
        new AffinityFilter(),        // AFFINITY, ANTI_AFFINITY       what is there already
        new DeviceFilter(),          // DEVICES_TAKEN
        new CapacityFilter(),        // FULL                          last: "full" means everything else was right
    ];

    /// <summary>The named filters in the order above. Throws naming the known ones when a name is not one of them.</summary>
    public static ImmutableArray<IHostFilter> Chosen(IReadOnlyCollection<string> names)
    {
        foreach (var name in names)
        {
            if (!Known.Any(f => f.Name == name))
            {
                throw new ArgumentException($"There is no placement filter '{name}'; there are {string.Join(", ", Known.Select(f => f.Name))}.");
            }
        }

        return [.. Known.Where(f => names.Contains(f.Name))];
    }
}
