using Mano.Mesh.Discovery;
using Mano.Mesh.Tests.Security;
using Mano.Testing;
using Health = Mano.Inventory.V1.Site.Types.Health;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>A system of real processes with a real agent: what is in the catalogue, and what the agent's troubles do.</summary>
[Trait("Speed", "Slow")]
public sealed class ConsulMeshTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ConsulFact]
    public async Task All_three_parts_register_with_their_tags_and_pass_the_check_that_Consul_makes()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var system = await FoundSystem.StartAsync(new Catalogue(agent.Url));

        foreach (var (service, id, process, tags) in new[]
        {
            (ServiceNames.Meo, "mano-meo-", system.Meo, ""),
            (ServiceNames.Mepm, "mano-mepm-edge-a", system.Mepm, "site=edge-a zone=a host=edge-a-1"),
            (ServiceNames.Platform, "mano-platform-edge-a-1", system.Platform, "site=edge-a zone=a host=edge-a-1"),
        })
        {
            // "success" is Consul's own word, not the state with which the check begins.
            await system.Until(async () => (await agent.OutputOf(service)).Contains("success", StringComparison.Ordinal), $"{service} passes");
            await system.Until(() => agent.Has(service, "passing"), $"{service} passes, also when a check came late");
            var entry = Assert.Single(await agent.Entries(service))!;
            Assert.StartsWith(id, (string)entry["ServiceID"]!, StringComparison.Ordinal);
            Assert.Equal(new Uri(process.Ready["grpc"]).Port, (int)entry["ServicePort"]!);
            Assert.Equal(tags, string.Join(' ', entry["ServiceTags"]!.AsArray().Select(t => (string)t!)));
            Assert.NotEmpty((string)entry["ServiceMeta"]!["version"]!);
            Assert.NotEmpty((string)entry["ServiceMeta"]!["incarnation"]!);
        }
    }

    [ConsulFact]
    public async Task A_killed_MEPM_turns_critical_and_one_that_stops_is_gone_from_the_catalogue()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var system = await FoundSystem.StartAsync(new Catalogue(agent.Url));
        await system.SiteServes();

        system.Mepm.Kill();
        await system.Until(() => agent.Has(ServiceNames.Mepm, "critical"), "the MEPM is critical");
        await system.SiteIs(Health.Lost);
        await system.Mepm.StartAsync();
        await system.Until(() => agent.Has(ServiceNames.Mepm, "passing"), "the MEPM passes");
        await system.SiteServes();

        await system.Mepm.StopAsync();
        Assert.Empty(await agent.Entries(ServiceNames.Mepm));
        Assert.Equal(0, await system.Platform.StopAsync());
        Assert.Equal(0, await system.Meo.StopAsync());
        Assert.Empty(await agent.Entries(ServiceNames.Platform));
        Assert.Empty(await agent.Entries(ServiceNames.Meo));
    }

    [ConsulFact]
    public async Task While_the_agent_is_dead_the_site_stays_and_works_and_after_it_is_back_all_register_again()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var system = await FoundSystem.StartAsync(new Catalogue(agent.Url) { Silence = ("8s", "12s") });
        await system.SiteServes();

        agent.Kill();
        await HeardSince(system, TimeProvider.System.GetUtcNow());
        await system.Until(() => Task.FromResult(Lines(system.Mepm.Log, "Not registered with Consul") > 0), "the MEPM says that it is not registered: it looks every 5 s");
        await system.RunsAnApplication();
        system.Platform.Kill();
        await system.Until(async () => await system.SiteAsync() is { Hosts: [{ Healthy: false }] }, "the host is not healthy, by asking the site");
        await system.Platform.StartAsync();
        await system.SiteServes();
        await system.RunsAnApplication();
        Assert.DoesNotContain("is Lost", system.Meo.Log, StringComparison.Ordinal);
        // Said once, not with every try.
        Assert.Equal(1, Lines(system.Mepm.Log, "Not registered with Consul"));

        await agent.StartAsync();
        foreach (var service in new[] { ServiceNames.Meo, ServiceNames.Mepm, ServiceNames.Platform })
        {
            await system.Until(() => agent.Has(service, "passing"), $"{service} is registered again");
        }

        await system.SiteServes();
        Assert.DoesNotContain("is Lost", system.Meo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" left", system.Meo.Log, StringComparison.Ordinal);

        // The blocking queries go on as well: what happens now is seen.
        system.Mepm.Kill();
        await system.SiteIs(Health.Lost);
    }

    [ConsulFact]
    public async Task With_a_token_the_parts_find_one_another_in_a_catalogue_that_denies()
    {
        await using var agent = await ConsulAgent.WithAclAsync();
        var token = folder.File("token");
        await File.WriteAllTextAsync(token, "00000000-1111-2222-3333-444444444444");
        await using var system = await FoundSystem.StartAsync(new Catalogue(agent.Url, "--consul-token-file", token));
        await system.Until(() => Task.FromResult(system.Meo.Log.Contains($"does not know the token in {token}", StringComparison.Ordinal)), "the wrong token is told");
        Assert.DoesNotContain("00000000-1111", system.Logs, StringComparison.Ordinal);

        var secret = await agent.TokenFor("mano", """service_prefix "mano-" { policy = "write" } node_prefix "" { policy = "read" }""");
        await File.WriteAllTextAsync(token, secret);
        await system.SiteServes();
        await system.RunsAnApplication();
        Assert.DoesNotContain(secret, system.Logs, StringComparison.Ordinal);
    }

    [ConsulFact]
    public async Task With_TLS_and_mutual_TLS_between_the_parts_they_renew_their_checks_themselves()
    {
        using var authority = new TestAuthority(folder, "ours");
        authority.Issue("consul");
        await using var agent = await ConsulAgent.WithTlsAsync(folder.File("consul.pem"), folder.File("consul.key"), authority.RootFile);
        await using var system = await FoundSystem.StartAsync(new Catalogue(agent.Url, "--consul-ca", authority.RootFile)
        {
            Own = authority.Issue("test"), MeoFlags = Certificate(authority, "meo"), MepmFlags = Certificate(authority, "mepm"), PlatformFlags = Certificate(authority, "platform"),
        });
        await system.SiteServes();
        await system.RunsAnApplication();
        Assert.StartsWith("https:", (await system.SiteAsync())!.MepmAddress, StringComparison.Ordinal);
        await system.Until(() => agent.Has(ServiceNames.Mepm, "passing"), "the MEPM passes, also when a renewal came late");

        system.Mepm.Kill();
        await system.Until(() => agent.Has(ServiceNames.Mepm, "critical"), "the MEPM renews no more, and is critical");
        await system.SiteIs(Health.Lost);
    }

    [ConsulFact]
    public async Task Found_by_both_ways_at_once_a_site_is_one_site_and_changes_its_state_only_when_it_does()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var system = await FoundSystem.StartAsync(new GivenAndCatalogue(agent.Url) { Silence = ("8s", "12s") });
        await system.SiteServes();
        await system.Until(() => agent.Has(ServiceNames.Mepm, "passing"), "the MEPM passes");
        await system.RunsAnApplication();

        // Consul takes it for dead; the MEO hears from it all the same.
        agent.Kill();
        await HeardSince(system, TimeProvider.System.GetUtcNow());
        await system.RunsAnApplication();
        await agent.StartAsync();
        await system.Until(() => agent.Has(ServiceNames.Mepm, "passing"), "the MEPM is registered again");
        await system.SiteServes();
        Assert.DoesNotContain("is Suspect", system.Meo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(" left", system.Meo.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("claims it", system.Meo.Log, StringComparison.Ordinal);
    }

    /// <summary>Heart beats that were sent well after that moment have come.</summary>
    private static Task HeardSince(FoundSystem system, DateTimeOffset moment) => system.Until(
        async () => (await system.SiteAsync())?.LastHeartbeatTime.ToDateTimeOffset() > moment + TimeSpan.FromSeconds(2), "the site is heard of without Consul");

    private string[] Certificate(TestAuthority authority, string name)
    {
        authority.Issue(name);
        return ["--tls-cert", folder.File($"{name}.pem"), "--tls-key", folder.File($"{name}.key"), "--tls-ca", authority.RootFile];
    }

    private static int Lines(string log, string part) => log.Split('\n').Count(l => l.Contains(part, StringComparison.Ordinal));
}
