using System.CommandLine;
using System.Globalization;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Inventory.V1;
using Spectre.Console;

namespace Mano.Cli.Sites;

/// <summary><c>mano site …</c>: the edge sites and their MEC hosts.</summary>
internal static class SiteCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun("site", "edge sites and their MEC hosts", List(verbs), Show(verbs), SiteAccounts.Check(verbs), SiteAccounts.Debts(verbs));

    private static Command List(Verbs verbs)
    {
        var flags = new ListFlags();
        return verbs.Verb("list", "the sites with their health", [.. flags.All], async run =>
        {
            var all = await flags.ReadAsync(run, new ListSitesRequest(), (r, o) => run.Meo.Inventory.ListSitesAsync(r, o));
            flags.Show(run, all, () => Table([.. all.Sites], run.Surroundings.Clock.GetUtcNow()));
            return ExitCode.Done;
        });
    }

    private static Command Show(Verbs verbs)
    {
        var which = new Argument<string>("SITE") { Description = "id or name of a site" };
        return verbs.Verb("show", "one site: its hosts, what they have, what is promised of it", [which], async run =>
        {
            var site = Naming.Pick("site", run.Get(which), await run.Meo.SitesAsync(run.Stop), s => s.SiteId, s => s.Name);
            run.Answer(site, console => ShowOne(console, site, run.Surroundings.Clock.GetUtcNow()));
            return ExitCode.Done;
        });
    }

    private static Listing Table(List<SiteInfo> sites, DateTimeOffset now)
    {
        var listing = new Listing("SITE", "HEALTH", "HOSTS", "HEARD", "MEPM") { WhenEmpty = "no site has registered" };
        foreach (var site in sites)
        {
            var healthy = site.Hosts.Count(h => h.Healthy);
            var hosts = healthy == site.Hosts.Count ? $"{site.Hosts.Count}" : $"{healthy} of {site.Hosts.Count} healthy";
            listing.Add(site.SiteId, Health(site), hosts, Words.Ago(site.LastHeartbeatTime, now), site.MepmAddress);
        }

        return listing;
    }

    private static Cell Health(SiteInfo site) => new(Words.Of(site.Health), site.Health switch
    {
        SiteInfo.Types.Health.Alive => "green",
        SiteInfo.Types.Health.Lost => "red",
        _ => "yellow",
    });

    private static void ShowOne(IAnsiConsole console, SiteInfo site, DateTimeOffset now)
    {
        new Listing("", "")
            .Add("site", site.Name.Length > 0 ? $"{site.SiteId} ({site.Name})" : site.SiteId)
            .Add("health", Health(site))
            .Add("heard", Words.Ago(site.LastHeartbeatTime, now))
            .Add("MEPM", $"{site.MepmAddress} {site.Version}".TrimEnd())
            .Show(console);
        foreach (var host in site.Hosts)
        {
            console.Line();
            ShowHost(console, host);
        }
    }

    public static void ShowHost(IAnsiConsole console, HostInfo host)
    {
        var facts = new Listing("", "")
            .Add("host", new Cell(host.HostId, "bold"))
            .Add("state", host.Maintenance ? new Cell("MAINTENANCE: no new instances", "yellow")
                : host.Healthy ? new Cell("healthy", "green") : new Cell($"not healthy: {host.Message}", "red"))
            .Add("zone", $"{host.Zone}, {(host.LatencyNs / 1e6).ToString("0.###", CultureInfo.InvariantCulture)} ms from its users")
            .Add("VIM", $"{host.VimKind} ({host.CpuArchitecture}), runs {string.Join(", ", host.WorkloadKinds)}")
            .Add("has", Words.Amount(host.Total))
            .Add("used", Words.Amount(host.Used))
            .Add("promised", Words.Amount(host.Held));
        AddIfAny(facts, "owed", host.Owed is { MilliCpu: 0, MemoryMib: 0, DiskGib: 0 } or null ? "" : $"{Words.Amount(host.Owed)} ('mano site debts')");
        AddIfAny(facts, "hardware", string.Join(", ", host.Hardware));
        AddIfAny(facts, "services", string.Join(", ", host.Services.Select(s => $"{s.SerName} {s.Version}".TrimEnd())));
        AddIfAny(facts, "features", string.Join(", ", host.Features.Select(f => $"{f.FeatureName} {f.Version}".TrimEnd())));
        AddIfAny(facts, "Mp1", host.Mp1Url);
        AddIfAny(facts, "DNS", host.DnsAddress);
        AddIfAny(facts, "gateway", host.GatewayAddress);
        facts.Show(console);
    }

    private static void AddIfAny(Listing facts, string name, string value)
    {
        if (value.Length > 0)
        {
            facts.Add(name, value);
        }
    }
}
