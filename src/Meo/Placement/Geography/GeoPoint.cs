namespace Mano.Meo.Placement.Geography;

/// <summary>A place on the earth, taken as a sphere.</summary>
internal sealed record GeoPoint
{
    /// <summary>Light in fibre: two thirds of its speed in vacuum.</summary>
    public const double MetresPerNanosecond = 299_792_458 / 1e9 * 2 / 3;

    private const double EarthRadius = 6_371_008.8;

    /// <param name="latitude">Degrees, -90 to 90.</param>
    /// <param name="longitude">Degrees, -180 to 180.</param>
    public GeoPoint(double latitude, double longitude)
    {
        (Latitude, Longitude) = (latitude, longitude);
        var (up, round) = (double.DegreesToRadians(latitude), double.DegreesToRadians(longitude));
        (X, Y, Z) = (Math.Cos(up) * Math.Cos(round), Math.Cos(up) * Math.Sin(round), Math.Sin(up));
    }

    public double Latitude { get; }

    public double Longitude { get; }

    /// <summary>The place on a sphere of radius 1.</summary>
    public double X { get; }

    public double Y { get; }

    public double Z { get; }

    /// <summary>How long light in fibre takes half round the earth: what is assumed of a place that nobody named.</summary>
    public static long FarthestNs { get; } = TimeOf(2);

    /// <summary>How long light in fibre takes along the great circle between the two.</summary>
    public static long TimeNs(GeoPoint from, GeoPoint to) => TimeOf(Chord(from.X - to.X, from.Y - to.Y, from.Z - to.Z));

    /// <summary>At most the time to any place in the box: the same formula over the nearest corner, less one for what the arcsine may round.</summary>
    public static long LeastTimeNs(GeoPoint from, GeoBox to) =>
        Math.Max(0, TimeOf(Chord(Gap(from.X, to.MinX, to.MaxX), Gap(from.Y, to.MinY, to.MaxY), Gap(from.Z, to.MinZ, to.MaxZ))) - 1);

    private static double Gap(double at, double least, double most) => at < least ? least - at : at > most ? at - most : 0;

    private static double Chord(double x, double y, double z) => Math.Sqrt((x * x) + (y * y) + (z * z));

    private static long TimeOf(double chord) => (long)(2 * Math.Asin(Math.Min(1, chord / 2)) * EarthRadius / MetresPerNanosecond);
}

/// <summary>Where the hosts of a group are: the box around their places, on a sphere of radius 1 and on the map.</summary>
internal sealed record GeoBox(
    double MinX, double MaxX, double MinY, double MaxY, double MinZ, double MaxZ, double South, double North, double West, double East)
{
    public static GeoBox Of(GeoPoint point) => new(
        point.X, point.X, point.Y, point.Y, point.Z, point.Z, point.Latitude, point.Latitude, point.Longitude, point.Longitude);

    /// <summary>The box around both; itself where it has the other inside, as it mostly does.</summary>
    public GeoBox With(GeoBox other) => Has(other) ? this : new(
        Math.Min(MinX, other.MinX), Math.Max(MaxX, other.MaxX), Math.Min(MinY, other.MinY), Math.Max(MaxY, other.MaxY),
        Math.Min(MinZ, other.MinZ), Math.Max(MaxZ, other.MaxZ),
        Math.Min(South, other.South), Math.Max(North, other.North), Math.Min(West, other.West), Math.Max(East, other.East));

    private bool Has(GeoBox other) =>
        other.MinX >= MinX && other.MaxX <= MaxX && other.MinY >= MinY && other.MaxY <= MaxY && other.MinZ >= MinZ && other.MaxZ <= MaxZ
        && other.South >= South && other.North <= North && other.West >= West && other.East <= East;
}
