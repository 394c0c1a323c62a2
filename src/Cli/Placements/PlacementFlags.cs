using System.CommandLine;
using System.Globalization;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Placements;

/// <summary>What may be asked of the place, on the command line.</summary>
internal sealed class PlacementFlags
{
    private readonly Option<string[]> zones = Many("--zone", "only hosts of this zone; may be repeated", "ZONE");
    private readonly Option<string> site = new("--site") { Description = "only hosts of this site", HelpName = "SITE" };
    private readonly Option<string> host = new("--host") { Description = "only this host", HelpName = "HOST" };
    private readonly Option<string> country = new("--country") { Description = "only sites of this country (ISO 3166-1, two letters)", HelpName = "CC" };
    private readonly Option<TimeSpan> latency = TimeFlag.Create("--max-latency", "tighter than the package's own: 20ms (default: the package's)");
    private readonly Option<string[]> away = Many("--anti-affinity", "not on a host with this instance; may be repeated", "INSTANCE");
    private readonly Option<string[]> together = Many("--affinity", "on the host of this instance; may be repeated", "INSTANCE");

    private readonly Option<string> area = new("--area") { Description = "only sites in this area: a file with a GeoJSON Polygon or MultiPolygon", HelpName = "FILE" };
    private readonly Option<string> users = new("--users-at") { Description = "where the users are: the way from there counts as latency", HelpName = "LAT,LON" };
    private readonly Option<string[]> networks = Many("--network", "only hosts that reach this network; may be repeated", "NETWORK");
    private readonly Option<string[]> apart = Many("--anti-affinity-group", "not on a host with another member of this group; may be repeated", "GROUP");
    private readonly Option<string[]> near = Many("--affinity-group", "on the host where this group is; may be repeated", "GROUP");

    public Symbol[] Flags => [site, host, zones, country, area, users, latency, networks, away, together, apart, near];

    public async Task<PlacementConstraints> ReadAsync(Invocation run)
    {
        var constraints = new PlacementConstraints
        {
            SiteId = run.Get(site) ?? "",
            HostId = run.Get(host) ?? "",
            CountryCode = (run.Get(country) ?? "").ToUpperInvariant(),
            MaxLatency = OperationEnding.OrAbsent(run.Get(latency)),
        };
        constraints.Zones.AddRange(run.Get(zones) ?? []);
        constraints.Networks.AddRange(run.Get(networks) ?? []);
        constraints.AntiAffinityGroups.AddRange(run.Get(apart) ?? []);
        constraints.AffinityGroups.AddRange(run.Get(near) ?? []);
        constraints.AreaGeojson = run.Get(area) is { Length: > 0 } file ? await ReadAsync(file, run.Stop) : "";
        constraints.UserLocation = run.Get(users) is { Length: > 0 } at ? Location(at) : null;
        foreach (var asked in run.Get(away) ?? [])
        {
            constraints.AntiAffinityAppInstanceIds.Add((await run.Meo.InstanceAsync(asked, run.Stop)).AppInstanceId);
        }

        foreach (var asked in run.Get(together) ?? [])
        {
            constraints.AffinityAppInstanceIds.Add((await run.Meo.InstanceAsync(asked, run.Stop)).AppInstanceId);
        }

        return constraints;
    }

    private static async Task<string> ReadAsync(string file, CancellationToken stop)
    {
        try
        {
            return await File.ReadAllTextAsync(file, stop);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failure.InvalidInput("AREA", $"The area cannot be read: {e.Message}", file).ToException();
        }
    }

    private static UserLocation Location(string text) =>
        text.Split(',') is [var latitude, var longitude] && Degrees(latitude) is { } north && Degrees(longitude) is { } east
            ? new() { Latitude = north, Longitude = east }
            : throw Failure.InvalidInput("USERS_AT", $"'{text}' is no place; write latitude and longitude in degrees: 48.137,11.575.", "--users-at").ToException();

    private static double? Degrees(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) ? degrees : null;

    private static Option<string[]> Many(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.ZeroOrMore };
}
