using System.Collections.Immutable;

namespace Mano.Meo.Placement.Geography;

/// <summary>
/// An area on the map: polygons with holes (RFC 7946 MultiPolygon). Edges are straight in longitude and latitude; a place on an edge is
/// inside. An area over the antimeridian is cut there into two polygons, as the RFC says.
/// </summary>
internal sealed class GeoArea
{
    private readonly ImmutableArray<ImmutableArray<GeoRing>> polygons;

    /// <param name="polygons">Of each polygon the outer ring, then its holes.</param>
    public GeoArea(ImmutableArray<ImmutableArray<GeoRing>> polygons) => this.polygons = polygons;

    public bool Contains(GeoPoint place)
    {
        foreach (var polygon in polygons)
        {
            if (polygon[0].Side(place) >= 0 && !IsInHole(polygon, place))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False only if no place of the box is inside.</summary>
    public bool MayMeet(GeoBox box)
    {
        foreach (var polygon in polygons)
        {
            var outer = polygon[0];
            if (box.South <= outer.North && box.North >= outer.South && box.West <= outer.East && box.East >= outer.West)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInHole(ImmutableArray<GeoRing> polygon, GeoPoint place)
    {
        for (var i = 1; i < polygon.Length; i++)
        {
            if (polygon[i].Side(place) > 0)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A closed line; the last corner is the first.</summary>
internal sealed class GeoRing(ImmutableArray<(double Longitude, double Latitude)> corners)
{
    public double South { get; } = corners.Min(c => c.Latitude);

    public double North { get; } = corners.Max(c => c.Latitude);

    public double West { get; } = corners.Min(c => c.Longitude);

    public double East { get; } = corners.Max(c => c.Longitude);

    /// <summary>1 inside, 0 on the line, -1 outside: how often a line from the place eastwards crosses the ring.</summary>
    public int Side(GeoPoint place)
    {
        var inside = false;
        for (var i = 1; i < corners.Length; i++)
        {
            var (from, to) = (corners[i - 1], corners[i]);
            var turn = ((to.Longitude - from.Longitude) * (place.Latitude - from.Latitude)) - ((place.Longitude - from.Longitude) * (to.Latitude - from.Latitude));
            if (turn == 0 && IsBetween(place.Latitude, from.Latitude, to.Latitude) && IsBetween(place.Longitude, from.Longitude, to.Longitude))
            {
                return 0;
            }

            var goesUp = to.Latitude > from.Latitude;
            if (from.Latitude > place.Latitude != to.Latitude > place.Latitude && turn > 0 == goesUp && turn != 0)
            {
                inside = !inside;
            }
        }

        return inside ? 1 : -1;
    }

    private static bool IsBetween(double at, double one, double other) => at >= Math.Min(one, other) && at <= Math.Max(one, other);
}
