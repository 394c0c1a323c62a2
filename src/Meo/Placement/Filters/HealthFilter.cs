namespace Mano.Meo.Placement.Filters;

/// <summary>The site is heard from, its VIM and platform answer, and nobody keeps the host free for maintenance.</summary>
internal sealed class HealthFilter : ITraitFilter
{
    public string Name => "health";

    public string? Refuses(PlacementRequest request, HostModel host) => host switch
    {
        { SiteHealth: SiteHealth.Suspect } => "SITE_SUSPECT",
        { SiteHealth: SiteHealth.Lost } => "SITE_LOST",
        { SiteHealth: SiteHealth.Left } => "SITE_LEFT",
        { Healthy: false } => "UNHEALTHY",
        { Maintenance: true } => "MAINTENANCE",
        _ => null,
    };

    public Refusal Explain(PlacementRequest request, HostModel host) => Refuses(request, host)! switch
    {
        "SITE_SUSPECT" => new("SITE_SUSPECT", Heard, "a heartbeat is missing"),
        "SITE_LOST" => new("SITE_LOST", Heard, "silent"),
        "SITE_LEFT" => new("SITE_LEFT", Heard, "deregistered"),
        "UNHEALTHY" => new("UNHEALTHY", "a VIM and a platform that answer", host.Message.Length == 0 ? "not healthy" : host.Message),
        var reason => new(reason, "a host in service", "in maintenance"),
    };

    private const string Heard = "a site that is heard from";
}
