using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;

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

    public Symbol[] Flags => [site, host, zones, country, latency, away, together];

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

    private static Option<string[]> Many(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.ZeroOrMore };
}
