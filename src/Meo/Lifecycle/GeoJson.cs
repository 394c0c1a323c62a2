using System.Collections.Immutable;
using System.Text.Json;
using Mano.Meo.Placement.Geography;
using Mano.Mesh.Failures;

namespace Mano.Meo.Lifecycle;

/// <summary>Reads areas (RFC 7946): a Polygon or a MultiPolygon.</summary>
internal static class GeoJson
{
    /// <summary>Characters of the text.</summary>
    public const int Longest = 65_536;

    private const int FewestCorners = 4;

    /// <summary>The area, or InvalidInput with one sentence that says what is wrong.</summary>
    public static Outcome<GeoArea> Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.Length <= Longest ? text : throw new FormatException($"has {text.Length} characters; at most {Longest} are read"));
            return new GeoArea(Polygons(json.RootElement));
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return Failure.InvalidInput("AREA", $"The area is no GeoJSON Polygon or MultiPolygon (RFC 7946): {e.Message.TrimEnd('.')}.", "area");
        }
    }

    private static ImmutableArray<ImmutableArray<GeoRing>> Polygons(JsonElement geometry)
    {
        var type = geometry.GetProperty("type").GetString();
        var coordinates = geometry.GetProperty("coordinates");
        return type switch
        {
            "Polygon" => [Rings(coordinates)],
            "MultiPolygon" when coordinates.GetArrayLength() > 0 => [.. coordinates.EnumerateArray().Select(Rings)],
            _ => throw new FormatException($"its type is '{type}'"),
        };
    }

    private static ImmutableArray<GeoRing> Rings(JsonElement polygon) => polygon.GetArrayLength() > 0
        ? [.. polygon.EnumerateArray().Select(Ring)]
        : throw new FormatException("a polygon has no ring");

    private static GeoRing Ring(JsonElement ring)
    {
        var corners = ring.EnumerateArray().Select(Corner).ToImmutableArray();
        return corners.Length >= FewestCorners && corners[0] == corners[^1]
            ? new(corners)
            : throw new FormatException($"a ring has {corners.Length} positions; it must have at least {FewestCorners}, the last equal to the first");
    }

    /// <summary>[longitude, latitude], and perhaps a height that says nothing here.</summary>
    private static (double Longitude, double Latitude) Corner(JsonElement position)
    {
        var (longitude, latitude) = (position[0].GetDouble(), position[1].GetDouble());
        return Math.Abs(longitude) <= 180 && Math.Abs(latitude) <= 90
            ? (longitude, latitude)
            : throw new FormatException($"[{position[0]}, {position[1]}] is no [longitude, latitude]");
    }
}
