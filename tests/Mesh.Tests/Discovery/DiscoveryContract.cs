using Health = Mano.Inventory.V1.Site.Types.Health;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>
/// What the MEO knows of a site, however it came to know it: the same sentences for Consul and for direct registration,
/// with real processes.
/// </summary>
[Trait("Speed", "Slow")]
public abstract class DiscoveryContract : IAsyncLifetime
{
    private protected FoundSystem System { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        System = await FoundSystem.StartAsync(await Source());
        await System.SiteServes();
    }

    public virtual async Task DisposeAsync()
    {
        if (System is not null)
        {
            await System.DisposeAsync();
        }
    }

    [Fact]
    public virtual Task A_site_is_found_and_runs_an_application() => System.RunsAnApplication();

    [Fact]
    public virtual async Task A_killed_MEPM_is_lost_and_alive_again_at_its_new_address_when_it_is_back()
    {
        System.Mepm.Kill();
        await System.SiteIs(Health.Suspect, Health.Lost);
        await System.SiteIs(Health.Lost);

        await System.Mepm.StartAsync();
        await System.SiteServes();
        await System.RunsAnApplication();
    }

    [Fact]
    public virtual async Task A_MEPM_that_stops_cleanly_has_left_and_one_that_comes_back_is_alive_again()
    {
        Assert.Equal(0, await System.Mepm.StopAsync());
        await System.SiteIs(Health.Left);

        await System.Mepm.StartAsync();
        await System.SiteServes();
    }

    [Fact]
    public virtual async Task A_MEO_that_was_killed_finds_its_sites_again()
    {
        System.Meo.Kill();
        await System.Meo.StartAsync();
        await System.SiteServes();
        await System.RunsAnApplication();
    }

    [Fact]
    public virtual async Task A_platform_that_was_killed_is_found_again()
    {
        System.Platform.Kill();
        await System.Until(async () => await System.SiteAsync() is { Hosts: [{ Healthy: false }] }, "the host is not healthy");
        await System.Platform.StartAsync();
        await System.SiteServes();
    }

    private protected abstract Task<DiscoverySource> Source();
}

/// <summary>Direct registration.</summary>
public sealed class DirectRegistrationTests : DiscoveryContract
{
    private protected override Task<DiscoverySource> Source() => Task.FromResult<DiscoverySource>(new GivenAddresses());
}

/// <summary>Consul alone; where there is none the sentences are skipped, which is why they are said again.</summary>
public sealed class CatalogueTests : DiscoveryContract
{
    private ConsulAgent? agent;

    [ConsulFact]
    public override Task A_site_is_found_and_runs_an_application() => base.A_site_is_found_and_runs_an_application();

    [ConsulFact]
    public override Task A_killed_MEPM_is_lost_and_alive_again_at_its_new_address_when_it_is_back() => base.A_killed_MEPM_is_lost_and_alive_again_at_its_new_address_when_it_is_back();

    [ConsulFact]
    public override Task A_MEPM_that_stops_cleanly_has_left_and_one_that_comes_back_is_alive_again() => base.A_MEPM_that_stops_cleanly_has_left_and_one_that_comes_back_is_alive_again();

    [ConsulFact]
    public override Task A_MEO_that_was_killed_finds_its_sites_again() => base.A_MEO_that_was_killed_finds_its_sites_again();

    [ConsulFact]
    public override Task A_platform_that_was_killed_is_found_again() => base.A_platform_that_was_killed_is_found_again();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (agent is not null)
        {
            await agent.DisposeAsync();
        }
    }

    private protected override async Task<DiscoverySource> Source()
    {
        agent = await ConsulAgent.StartAsync();
        return new Catalogue(agent.Url);
    }
}
