namespace Mano.Meo.Placement.Filters;

/// <summary>The site is heard from, its VIM and platform answer, and nobody keeps the host free for maintenance.</summary>
internal sealed class HealthFilter : IHostFilter
{
    public string Name => "health";

    public Refusal? Refuse(PlacementRequest request, HostModel host)
    {
        if (host.SiteHealth != SiteHealth.Alive)
        {
            return new("SITE_" + host.SiteHealth.ToString().ToUpperInvariant(), "a site that is heard from", Heard(host.SiteHealth));
        }

        if (!host.Healthy)
        {
            return new("UNHEALTHY", "a VIM and a platform that answer", host.Message.Length == 0 ? "not healthy" : host.Message);
        }

        return host.Maintenance ? new("MAINTENANCE", "a host in service", "in maintenance") : null;
    }

    private static string Heard(SiteHealth health) => health switch
    {
        SiteHealth.Suspect => "a heartbeat is missing",
        SiteHealth.Lost => "silent",
        _ => "deregistered",
    };
}
