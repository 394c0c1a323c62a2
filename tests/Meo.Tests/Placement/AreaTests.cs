using Mano.Meo.Lifecycle;
using Mano.Meo.Placement.Geography;

namespace Mano.Meo.Tests.Placement;

/// <summary>Areas on the map as RFC 7946 writes them.</summary>
public sealed class AreaTests
{
    private const string Square = "[[0,0],[10,0],[10,10],[0,10],[0,0]]";
    private const string Hole = "[[4,4],[4,6],[6,6],[6,4],[4,4]]";

    [Theory]
    [InlineData(5, 2, true)]
    [InlineData(5, 5, false)]
    [InlineData(5, 10.1, false)]
    [InlineData(0, 0, true)]
    [InlineData(10, 5, true)]
    [InlineData(4, 5, true)]
    public void A_place_is_inside_up_to_the_edge_and_not_in_a_hole(double latitude, double longitude, bool inside) =>
        Assert.Equal(inside, Read($$"""{"type":"Polygon","coordinates":[{{Square}},{{Hole}}]}""").Contains(new(latitude, longitude)));

    [Fact]
    public void Any_polygon_of_several_will_do()
    {
        var area = Read($$"""{"type":"MultiPolygon","coordinates":[[{{Square}}],[[[170,-10],[180,-10],[180,10],[170,10],[170,-10]]]]}""");
        Assert.True(area.Contains(new(1, 1)));
        Assert.True(area.Contains(new(0, 175)));
        Assert.False(area.Contains(new(0, -175)));
    }

    [Theory]
    [InlineData("nonsense", "RFC 7946")]
    [InlineData("""{"type":"Point","coordinates":[1,2]}""", "its type is 'Point'")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}""", "3 positions")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[2,2]]]}""", "the last equal to the first")]
    [InlineData("""{"type":"Polygon","coordinates":[[[0,0],[200,0],[1,1],[0,0]]]}""", "no [longitude, latitude]")]
    [InlineData("""{"type":"Polygon","coordinates":[["a"]]}""", "RFC 7946")]
    [InlineData("""{"type":"Polygon"}""", "RFC 7946")]
    [InlineData("[]", "RFC 7946")]
    public void What_is_no_area_is_refused_in_one_sentence(string text, string says) =>
        Assert.Contains(says, GeoJson.Read(text).Failure!.Message, StringComparison.Ordinal);

    [Fact]
    public void Light_in_fibre_takes_five_milliseconds_for_a_thousand_kilometres()
    {
        Assert.InRange(GeoPoint.TimeNs(new(0, 0), new(0, 8.993)), 4_990_000, 5_010_000);
        Assert.InRange(GeoPoint.FarthestNs, 99_000_000, 101_000_000);
        Assert.Equal(0, GeoPoint.TimeNs(new(48, 11), new(48, 11)));
    }

    private static GeoArea Read(string text) => GeoJson.Read(text).Value;
}
