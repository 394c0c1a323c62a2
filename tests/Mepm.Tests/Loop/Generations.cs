using Mano.Mepm.Instances;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Tests.Loop;

/// <summary>The fence: one content a generation, for ever.</summary>
public sealed class Generations
{
    [Fact]
    public async Task The_same_intent_twice_is_one_and_other_content_is_refused()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        var again = await site.Desire(3);
        Assert.Equal(3, again.Value.Record.Generation);

        var other = await site.Desire(3, SiteWorld.Wanted(image: "other:1"));

        Assert.Equal(FailureKind.AlreadyExists, other.Failure!.Kind);
        Assert.Equal("GENERATION_USED", other.Failure.Reason);
    }

    [Fact]
    public async Task An_older_intent_is_refused_also_after_the_instance_is_gone()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        await site.Steady(3);
        Assert.Equal("GENERATION_PASSED", (await site.Desire(2)).Failure!.Reason);

        await site.Remove(5);
        await site.Gone();

        Assert.Equal(FailureKind.Conflict, (await site.Desire(4)).Failure!.Kind);
        Assert.False((await site.Desire(4)).Failure!.Retryable);
        Assert.Equal(FailureKind.AlreadyExists, (await site.Desire(5)).Failure!.Kind);
        Assert.Equal("GENERATION_PASSED", (await site.Remove(4)).Failure!.Reason);
    }

    [Fact]
    public async Task Gone_is_repeated_for_ever_also_by_the_next_process()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        await site.Remove(2);
        await site.Gone();
        Assert.Null((await site.Remove(2)).Value);

        await site.StopProcess();
        await site.StartProcess();

        Assert.Null((await site.Remove(2)).Value);
        Assert.Equal("GENERATION_PASSED", (await site.Desire(1)).Failure!.Reason);
    }

    [Fact]
    public async Task Removing_what_was_never_here_closes_the_door_to_its_late_create()
    {
        await using var site = await SiteWorld.Start();

        Assert.Null((await site.Remove(2)).Value);

        Assert.Equal("GENERATION_PASSED", (await site.Desire(1)).Failure!.Reason);
        Assert.Null(site.Book.Find(SiteWorld.Id));
    }

    [Fact]
    public async Task After_it_is_gone_a_newer_intent_makes_it_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        await site.Remove(2);
        await site.Gone();

        await site.Desire(3);

        await site.Steady(3);
        Assert.Equal(2, site.Journal.Count("EnsureCompute"));
    }

    [Fact]
    public async Task A_removal_half_way_through_an_instantiate_leaves_nothing()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Until(() => site.Journal.Count("EnsureCompute") == 1, "the compute is being made");

        await site.Remove(2);
        await site.Gone();

        Assert.Empty(await site.Vim.ListComputesAsync(default));
        Assert.Null(site.Platform.Held(SiteWorld.Id));
    }
}
