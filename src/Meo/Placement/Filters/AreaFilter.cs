using System.Globalization;
using Mano.Meo.Placement.Index;

namespace Mano.Meo.Placement.Filters;

/// <summary>The site stands in the area asked for (MEC 010-2 locationConstraints.area, RFC 7946).</summary>
internal sealed class AreaFilter : INarrowingFilter
{
    private const string Outside = "OUTSIDE_AREA";

    public string Name => "area";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        request.Area is not { } area || (host.Location is { } place && area.Contains(place)) ? null : Outside;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(
        Outside, "a site in the area",
        host.Location is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at.Latitude:0.####},{at.Longitude:0.####}") : "a site of which nobody said where it is");

    public GroupVerdict Judge(PlacementRequest request, HostGroup group) =>
        request.Area is not { } area ? GroupVerdict.All
        : group.Place is { } box && area.MayMeet(box) ? GroupVerdict.Mixed
        : GroupVerdict.None(Outside);

    /// <summary>Sites are few beside hosts, and hosts of a site stand together.</summary>
    public Narrowed? Narrow(PlacementRequest request, FleetSnapshot fleet) => request.Area is not { } area
        ? null
        : new([.. fleet.Sites.Where(site => site.Group.Place is { } box && area.MayMeet(box))], Outside, null);
}
