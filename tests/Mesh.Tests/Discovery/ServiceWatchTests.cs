using Mano.Mesh.Discovery;
using Mano.Mesh.Discovery.Consul;
using Mano.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>Registration and blocking queries through the death of the agent they go to.</summary>
public sealed class ServiceWatchTests
{
    [ConsulFact]
    public async Task A_watch_sees_what_comes_and_goes()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(ConsulClientTests.Options(agent.Url));
        using var watch = Watch(client, agent);
        await watch.StartAsync(default);
        await Eventually.Is(() => watch.Current is { IsCurrent: true, Instances.Length: 0 });

        await Register(client, agent);
        await Eventually.Is(() => watch.Current.Instances.Any(i => i.IsUsable));
        await client.DeregisterIfAny(ConsulClientTests.Service().Id, default);
        await Eventually.Is(() => watch.Current is { IsCurrent: true, Instances.Length: 0, Outages: 0 });
        await watch.StopAsync(default);
    }

    [ConsulFact]
    public async Task A_watch_goes_on_after_the_agent_was_made_anew_and_counts_from_the_beginning()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(ConsulClientTests.Options(agent.Url));
        for (var i = 0; i < 20; i++)
        {
            await Register(client, agent);
            await client.DeregisterIfAny(ConsulClientTests.Service().Id, default);
        }

        await Register(client, agent);
        using var watch = Watch(client, agent);
        await watch.StartAsync(default);
        await Eventually.Is(() => watch.Current.Instances.Length == 1);

        agent.Kill();
        await Eventually.Is(() => !watch.Current.IsCurrent);
        Assert.Single(watch.Current.Instances);

        await agent.StartAsync();
        await Eventually.Is(() => watch.Current is { IsCurrent: true, Instances.Length: 0, Outages: > 0 });
        await Register(client, agent);
        await Eventually.Is(() => watch.Current.Instances.Length == 1);
        await watch.StopAsync(default);
    }

    [ConsulFact]
    public async Task A_process_that_an_agent_has_forgotten_registers_again_and_takes_itself_out_when_it_stops()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(ConsulClientTests.Options(agent.Url));
        await using var registration = new ServiceRegistration(
            client, ConsulClientTests.Service, new ServiceCheck(IsTtl: true), ConsulClientTests.Options(agent.Url), NullLogger<ServiceRegistration>.Instance, TimeProvider.System);
        await registration.StartedAsync(default);
        await Eventually.Is(() => agent.Has(ServiceNames.Mepm, "passing"));

        // Somebody takes it out by hand.
        await client.DeregisterIfAny(ConsulClientTests.Service().Id, default);
        await Eventually.Is(() => agent.Has(ServiceNames.Mepm, "passing"));

        agent.Kill();
        await agent.StartAsync();
        await Eventually.Is(() => agent.Has(ServiceNames.Mepm, "passing"));

        await registration.StoppingAsync(default);
        Assert.Empty(await agent.Entries(ServiceNames.Mepm));
    }

    [ConsulFact]
    public async Task What_a_process_says_of_itself_may_change_while_it_runs()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var client = new ConsulClient(ConsulClientTests.Options(agent.Url));
        var said = ConsulClientTests.Service();
        await using var registration = new ServiceRegistration(
            client, () => said, new ServiceCheck(IsTtl: true), ConsulClientTests.Options(agent.Url), NullLogger<ServiceRegistration>.Instance, TimeProvider.System);
        using var watch = Watch(client, agent);
        await watch.StartAsync(default);
        await registration.StartedAsync(default);
        await Eventually.Is(() => watch.Current.Instances.Length == 1);

        said = said with { Tags = [.. said.Tags, "host=edge-a-9"] };

        await Eventually.Is(() => watch.Current.Instances is [var known] && known.HasTag(ServiceNames.Host, "edge-a-9"));
        await watch.StopAsync(default);
    }

    private static ServiceWatch Watch(ConsulClient client, ConsulAgent agent) =>
        new(ServiceNames.Mepm, client, ConsulClientTests.Options(agent.Url), TimeProvider.System, NullLogger<ServiceWatch>.Instance);

    private static Task Register(ConsulClient client, ConsulAgent agent) =>
        client.Register(new ServiceCheck(IsTtl: true).Registration(ConsulClientTests.Service(), ConsulClientTests.Options(agent.Url)), default);
}
