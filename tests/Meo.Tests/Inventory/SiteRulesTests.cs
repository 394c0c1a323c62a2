using Mano.Inventory.V1;
using Mano.Mesh.Failures;
using SiteRules = Mano.Meo.Inventory.SiteRules;

namespace Mano.Meo.Tests.Inventory;

public sealed class SiteRulesTests
{
    [Fact]
    public void A_site_without_hosts_is_taken_for_its_operator_adds_them_later() => SiteRules.Check(ASite());

    [Fact]
    public void A_host_whose_VIM_was_never_reached_is_taken_with_its_trouble() =>
        SiteRules.Check(ASite(new MecHost { HostId = "edge-1", Message = "The VIM is away: connection refused" }));

    [Fact]
    public void A_healthy_host_that_runs_nothing_is_refused() => Assert.Contains(
        Assert.Throws<FailureException>(() => SiteRules.Check(ASite(new MecHost { HostId = "edge-1", Healthy = true }))).Failure.Faults,
        f => f.Path == "site.hosts[0].workload_kinds");

    private static Mano.Inventory.V1.Site ASite(params MecHost[] hosts)
    {
        var site = new Mano.Inventory.V1.Site { SiteId = "edge-a", MepmAddress = "http://127.0.0.1:1", Incarnation = "1" };
        site.Hosts.AddRange(hosts);
        return site;
    }
}
