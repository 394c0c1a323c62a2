using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns;
using Mano.MecPlatform.Traffic;

namespace Mano.MecPlatform.Tests.AppSupport;

/// <summary>What acts is what the records say, also when somebody else changed it.</summary>
public sealed class TruthTests
{
    private static readonly ForwardTarget Nowhere = new(IPAddress.None, []);

    [Fact]
    public async Task What_acts_as_it_shall_is_left_alone()
    {
        await using var world = await Active();
        var told = world.Plane.Told.Count;
        await world.Applications.Compare(default);
        Assert.Equal(0, world.Applications.MendedTotal);
        Assert.Equal(told, world.Plane.Told.Count);
    }

    [Fact]
    public async Task A_traffic_rule_that_left_the_data_plane_acts_again()
    {
        await using var world = await Active();
        world.Plane.Apply("app-1", Nowhere, []);
        await Mended(world);
        world.AssertActive(true);
    }

    [Fact]
    public async Task A_name_that_left_the_table_is_answered_again()
    {
        await using var world = await Active();
        world.Names.Apply("app-1", []);
        await Mended(world);
        world.AssertActive(true);
    }

    [Fact]
    public async Task Rules_of_what_does_not_run_and_of_what_nobody_knows_are_withdrawn()
    {
        await using var world = await Active();
        await world.Stopped();
        world.Plane.Apply("app-1", Nowhere, World.Configuration().TrafficRules);
        world.Plane.Apply("stranger", Nowhere, World.Configuration().TrafficRules);
        await world.Applications.Compare(default);
        Assert.Equal(2, world.Applications.MendedTotal);
        Assert.Empty(world.Plane.Active);
        world.AssertActive(false);
    }

    [Fact]
    public async Task Flows_stay_while_something_else_is_mended()
    {
        await using var world = await Active();
        var closed = world.Plane.Closed;
        world.Names.Apply("app-1", []);
        await Mended(world);
        Assert.Equal(closed, world.Plane.Closed);
    }

    [Fact]
    public async Task Nothing_is_kept_of_a_turn_that_nobody_has_or_awaits()
    {
        var turns = new InstanceTurns();
        var first = await turns.Take("a", default);
        var second = turns.Take("a", default);
        using var impatient = new CancellationTokenSource();
        var third = turns.Take("a", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second.Soon()).Dispose();
        Assert.Equal(0, turns.Count);
    }

    [Fact]
    public async Task An_instance_whose_names_are_not_answered_yet_waits_for_that_alone_and_becomes_active_then()
    {
        var world = World.Started();
        world.Backend.Lag = "the server is away";
        await world.Ensure();
        await world.Run();
        var waiting = await world.ConfirmReady();
        Assert.Equal(Phase.Activating, waiting.Record.Phase);
        Assert.Contains("the server is away", waiting.Record.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(waiting.TrafficRules).IsActive);
        Assert.False(Assert.Single(waiting.DnsRules).IsActive);
        await world.Applications.Compare(default);
        Assert.Equal(Phase.Activating, world.PhaseOf());

        world.Backend.Lag = null;
        await world.Applications.Compare(default);
        Assert.Equal(Phase.Active, world.PhaseOf());
        world.AssertActive(true);

        world.Backend.Lag = "away again";
        await world.Applications.Compare(default);
        Assert.Equal(Phase.Active, world.PhaseOf());
        Assert.Equal(0, world.Applications.MendedTotal);
        await world.Drain();
        Assert.Equal(Phase.Drained, world.PhaseOf());
    }

    [Fact]
    public void A_name_that_changed_hands_is_not_taken_from_its_new_owner_by_the_old_ones_withdrawal()
    {
        var table = new DnsTable();
        Assert.Null(table.Claim("old", [Name("x.example")]));
        table.Apply("old", [Entry("x.example", "10.0.0.1")]);
        Assert.Null(table.Claim("old", [Name("y.example")]));
        Assert.Null(table.Claim("new", [Name("x.example")]));
        table.Apply("new", [Entry("x.example", "10.0.0.2")]);
        table.Apply("old", [Entry("y.example", "10.0.0.1")]);

        Assert.Equal(["10.0.0.2"], table.Current.Active[Name("x.example")].Select(a => a.Address.ToString()));
        Assert.Equal(["10.0.0.1"], table.Current.Active[Name("y.example")].Select(a => a.Address.ToString()));
        table.Apply("new", []);
        Assert.DoesNotContain(Name("x.example"), table.Current.Active.Keys);
    }

    private static async Task<World> Active()
    {
        var world = World.Started();
        await world.Ensure();
        await world.Run();
        await world.ConfirmReady();
        world.AssertActive(true);
        return world;
    }

    private static async Task Mended(World world)
    {
        await world.Applications.Compare(default);
        Assert.Equal(1, world.Applications.MendedTotal);
    }

    private static DomainName Name(string text) => DomainName.TryParse(text, out var name, out var fault) ? name : throw new ArgumentException(fault);

    private static DnsEntry Entry(string name, string address) => new("d1", Name(name), new(IPAddress.Parse(address), 5));
}
