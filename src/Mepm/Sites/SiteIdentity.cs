namespace Mano.Mepm.Sites;

/// <summary>Who this site is, in this start of the process.</summary>
/// <param name="SiteId">Chosen by the operator.</param>
/// <param name="Name">For people.</param>
/// <param name="Incarnation">Another one at each start.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Location">Where it is; null: the operator did not say.</param>
internal sealed record SiteIdentity(string SiteId, string Name, string Incarnation, string Version, SiteLocation? Location)
{
    /// <summary>Tells where others reach our gRPC; known once the server listens.</summary>
    public Func<string> AddressSource { get; set; } = () => "";

    public string Address => AddressSource();
}

/// <summary>A place on the earth.</summary>
/// <param name="Latitude">Degrees, -90 to 90.</param>
/// <param name="Longitude">Degrees, -180 to 180.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2; may be empty.</param>
public sealed record SiteLocation(double Latitude, double Longitude, string CountryCode = "");
