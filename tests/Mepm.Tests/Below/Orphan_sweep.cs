using Mano.Mepm.Findings;
using Mano.Mepm.Granting;
using Mano.Mepm.Instances;
using Mano.Mepm.Orphans;
using Mano.Mepm.Platforms;
using Mano.Mepm.Tests.Loop;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Simulated;

namespace Mano.Mepm.Tests.Below;

/// <summary>What is found below the site that no instance of it wants: adopted, removed or left, and always told.</summary>
public sealed class Orphan_sweep
{
    private const string Stranger = "stranger";

    [Fact]
    public async Task What_neither_site_nor_MEO_wants_is_removed_rules_first_after_two_looks()
    {
        await using var site = await WithAStranger();
        await site.StartProcess();
        await site.Until(() => site.Findings.List(openOnly: false).Count(f => f.Action == FindingAction.Removed) == 2, "both are removed");

        Assert.Empty(await site.Vim.ListComputesAsync(default));
        Assert.Null(site.Platform.Held(Stranger));
        Assert.True(site.Journal.LastOf($"Remove {Stranger}") < site.Journal.LastOf($"DeleteCompute {Stranger}"));
        Assert.Equal(
            [(FindingSubject.Compute, FindingKind.Orphan), (FindingSubject.Application, FindingKind.Orphan)],
            site.Findings.List(openOnly: false).Select(f => (f.Key.Subject, f.Key.Kind)).Order());
        Assert.Empty(site.Findings.List(openOnly: true));
    }

    [Fact]
    public async Task One_look_removes_nothing()
    {
        await using var site = await WithAStranger();
        site.Orphans = new() { Grace = TimeSpan.FromHours(1) };
        await site.StartProcess();
        await site.Until(() => site.Findings.Comparisons.Count == 1, "it was compared once");
        Assert.Single(await site.Vim.ListComputesAsync(default));
        Assert.NotNull(site.Platform.Held(Stranger));
    }

    [Fact]
    public async Task Nothing_is_removed_because_our_records_were_lost_while_the_MEO_is_away()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        await site.Steady(3);
        var before = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        site.Meant = null;

        await site.LoseRecords();
        await site.Until(() => site.Findings.List(openOnly: true).Any(f => f.Action == FindingAction.Reported), "it is reported");

        Assert.Equal(before!.CreatedAt, (await site.Vim.GetComputeAsync(SiteWorld.Id, default))!.CreatedAt);
        Assert.Equal(PlatformPhase.Active, site.Platform.Held(SiteWorld.Id)!.Phase);
    }

    [Fact]
    public async Task What_the_MEO_wants_runs_on_and_is_adopted_when_it_is_sent_again()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        await site.Steady(3);
        var before = await site.Vim.GetComputeAsync(SiteWorld.Id, default);
        site.Meant![SiteWorld.Id] = new(MeantHere: true, 3);

        await site.LoseRecords();
        await site.Until(() => site.Findings.List(openOnly: true).Any(f => f.Action == FindingAction.AwaitsMeo), "it awaits the MEO");
        await site.Desire(3);
        await site.Steady(3);

        await site.Compare(after: TimeSpan.FromMinutes(1));
        Assert.Empty(site.Findings.List(openOnly: true));
        Assert.Equal(1, site.Journal.Count("EnsureCompute"));
        Assert.Equal(0, site.Journal.Count("DeleteCompute") + site.Journal.Count("NotRunning") + site.Journal.Count("Remove"));
        Assert.Equal(before!.CreatedAt, (await site.Vim.GetComputeAsync(SiteWorld.Id, default))!.CreatedAt);
    }

    [Fact]
    public async Task A_late_message_for_what_was_removed_finds_the_door_closed_and_a_newer_one_does_not()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        await site.Steady(3);
        site.Meant![SiteWorld.Id] = new(MeantHere: false, 5);

        await site.LoseRecords();
        await site.Until(() => site.Findings.List(openOnly: false).Any(f => f.Action == FindingAction.Removed), "it is removed");

        Assert.Equal("GENERATION_PASSED", (await site.Desire(4)).Failure!.Reason);
        Assert.Empty(await site.Vim.ListComputesAsync(default));
        await site.Desire(6);
        await site.Steady(6);
    }

    [Fact]
    public async Task An_intent_that_arrives_between_the_MEOs_answer_and_the_removal_wins()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(3);
        await site.Steady(3);
        Assert.False(await site.Book.Disown(SiteWorld.Id, 9));
        Assert.NotNull(site.Book.Find(SiteWorld.Id));
    }

    [Fact]
    public async Task The_policy_report_leaves_everything_and_says_so()
    {
        await using var site = await WithAStranger();
        site.Orphans = new() { Policy = OrphanPolicy.Report };
        await site.StartProcess();
        await site.Until(() => site.Findings.List(openOnly: true).Count == 2, "both are reported");
        Assert.All(site.Findings.List(openOnly: true), f => Assert.Equal(FindingAction.Reported, f.Action));
        Assert.Single(await site.Vim.ListComputesAsync(default));
        Assert.NotNull(site.Platform.Held(Stranger));
    }

    [Fact]
    public async Task What_another_site_made_in_a_shared_VIM_is_not_ours_to_judge()
    {
        await using var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var spec = (await site.Vim.GetComputeAsync(SiteWorld.Id, default))!.Spec;
        await site.MakeCompute("of-b", 1 << 20, spec with { Labels = new("default", "of-b"), Environment = new Dictionary<string, string> { ["MANO_SITE_ID"] = "site-b" } });
        await site.MakeCompute("by-hand", 1 << 20, spec with { Labels = new("default", "by-hand"), Environment = new Dictionary<string, string>() });

        await site.StopProcess();
        await site.StartProcess();
        await site.Compare(after: TimeSpan.FromMinutes(1));
        await site.Compare(after: TimeSpan.FromMinutes(1));

        Assert.Equal(3, (await site.Vim.ListComputesAsync(default)).Count);
        Assert.Empty(site.Findings.List(openOnly: false));
    }

    [Fact]
    public async Task A_VIM_that_does_not_answer_is_not_taken_for_an_empty_one()
    {
        await using var site = await WithAStranger();
        site.Orphans = new() { Policy = OrphanPolicy.Report };
        await site.StartProcess();
        await site.Until(() => site.Findings.List(openOnly: true).Count == 2, "both are reported");
        site.Vim.FailNext(VimCall.ListComputes, SimulatedFault.Fail);

        await site.Compare(after: TimeSpan.FromMinutes(1));

        Assert.Contains("did not take ListComputes", site.Findings.Comparisons["edge-1"].Message, StringComparison.Ordinal);
        Assert.Equal(2, site.Findings.List(openOnly: true).Count);
    }

    [Fact]
    public async Task An_image_that_nobody_needed_for_a_day_leaves_the_VIM_and_a_needed_one_stays()
    {
        await using var site = await SiteWorld.Start();
        site.Clock.Advance(TimeSpan.FromMinutes(1));
        await site.Vim.EnsureImageAsync(ImageSource.FromName("unused:1"), default);
        await site.Desire(1);
        await site.Steady(1);

        await site.Compare(after: TimeSpan.FromMinutes(1));
        Assert.Equal(2, (await site.Vim.ListImagesAsync(default)).Count);
        await site.Compare(after: TimeSpan.FromDays(2));
        Assert.Equal(FindingSubject.Image, Assert.Single(site.Findings.List(openOnly: false)).Key.Subject);

        Assert.Equal("nginx:1.25", Assert.Single(await site.Vim.ListImagesAsync(default)).Image.Name);
    }

    private static async Task<SiteWorld> WithAStranger()
    {
        var site = await SiteWorld.Start();
        await site.Desire(1);
        await site.Steady(1);
        var spec = (await site.Vim.GetComputeAsync(SiteWorld.Id, default))!.Spec;
        await site.Remove(2);
        await site.Gone();
        await site.StopProcess();
        await site.MakeCompute(Stranger, 7 << 20, spec with { Labels = new("default", Stranger) });
        await site.Platform.EnsureApplication(Stranger, 7, new(Document.Empty, Probes: true), default);
        return site;
    }
}
