using Grpc.Core;
using Mano.Common.V1;
using Mano.Platform.V1;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Mesh.Tests.Processes;

/// <summary>A site without its MEO goes on serving and healing, through its own deaths too; on return it does what was asked meanwhile and nothing else.</summary>
[Trait("Speed", "Slow")]
public sealed class AutonomyTests
{
    /// <summary>Starts take long enough that rules are seen to be withdrawn meanwhile.</summary>
    private const string Vim = "vim=Simulated,vim.BootTime=00:00:02,vim.Orders=true";

    [Fact]
    public async Task Without_its_MEO_a_site_restarts_what_crashed_and_its_rules_follow()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        system.Meo.Kill();

        await SimulatedInventory.OrderAsync(system.VimFolder, $"crash {instance} 9");
        await RulesAre(system, instance, RuleState.Inactive);
        await RulesAre(system, instance, RuleState.Active);
        Assert.Equal(2, Compute(system, instance).Boots);
    }

    [Theory]
    [InlineData("lose")]
    [InlineData("drop")]
    [InlineData("stop")]
    public async Task Without_its_MEO_a_site_puts_right_what_was_done_behind_its_back(string deed)
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        var before = Compute(system, instance);
        system.Meo.Kill();

        await SimulatedInventory.OrderAsync(system.VimFolder, $"{deed} {instance}");
        await Eventually.Is(
            () => SimulatedInventory.Read(system.VimFolder).TryGetValue(instance, out var now) && (now.CreatedAt != before.CreatedAt || now.Boots > before.Boots),
            "the compute was made or started again");
        await RulesAre(system, instance, RuleState.Active);
        await Eventually.Is(
            async () => (await system.Site.ListFindingsAsync(new())).Findings.Any(f => f.Id == instance && f.ResolvedTime is not null), "the finding is told, and closed");
    }

    [Fact]
    public async Task A_VIM_that_shows_nothing_for_a_moment_has_nothing_restarted_and_no_rule_withdrawn()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        await using var app = new EchoAt(AddressOf(system, instance), 8080);
        await using var flow = await GatewayFlow.OpenAsync(system.Platform.Ready["gateway"], "probe.edge.example", 80);
        var before = Compute(system, instance);

        // The MEPM looks once a second: a look that came late may have missed the moment, and another moment comes.
        var hidden = 0L;
        await Eventually.Is(async () =>
        {
            if (TimeProvider.System.GetElapsedTime(hidden) > TimeSpan.FromSeconds(4))
            {
                hidden = TimeProvider.System.GetTimestamp();
                await SimulatedInventory.OrderAsync(system.VimFolder, "hide * 1500");
            }

            return (await Conditions(system, instance)).Any(c => c is { Type: "Allocated", Reason: "COMPUTE_MISSED" });
        }, "it is noticed, and doubted");
        await Eventually.Is(async () => (await Conditions(system, instance)).All(c => c.Status == Condition.Types.Status.True), "it is seen again");

        await flow.EchoesAsync("still here");
        Assert.Equal(before, Compute(system, instance));
    }

    [Fact]
    public async Task A_whole_site_that_died_without_its_MEO_comes_back_as_it_was_and_users_keep_their_flows_where_the_platform_lived()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        var before = Compute(system, instance);
        await using var app = new EchoAt(AddressOf(system, instance), 8080);
        await using var flow = await GatewayFlow.OpenAsync(system.Platform.Ready["gateway"], "probe.edge.example", 80);
        system.Meo.Kill();

        system.Mepm.Kill();
        await system.Mepm.StartAsync();
        await ToldAgain(system, instance);
        await flow.EchoesAsync("through the MEPM's death");

        system.Mepm.Kill();
        system.Platform.Kill();
        await system.Platform.StartAsync();
        await system.Mepm.StartAsync();
        await RulesAre(system, instance, RuleState.Active);
        await ToldAgain(system, instance);
        await using (var anew = await GatewayFlow.OpenAsync(system.Platform.Ready["gateway"], "probe.edge.example", 80))
        {
            await anew.EchoesAsync("through the platform's death");

            await system.Meo.StartAsync();
            await Eventually.Is(async () => (await system.Inventory.ListSitesAsync(new())).Sites.Any(s => s.Health == Inventory.V1.Site.Types.Health.Alive), "the MEO hears the site");
            await Clean.IsServing(system, instance);
            await anew.EchoesAsync("through the MEO's return");
        }

        Assert.Equal(before, Compute(system, instance));
    }

    [Fact]
    public async Task What_was_asked_while_the_site_was_cut_off_takes_effect_on_return_and_nothing_healthy_is_restarted()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var kept = await Running(system);
        var ended = await Running(system, "other");
        var before = Compute(system, kept);

        system.Mepm.Kill();
        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = ended })).Operation;
        await SimulatedInventoryIs(system, kept, ended);
        await system.Mepm.StartAsync();

        Assert.Equal(Ended.Completed, (await system.EndOf(terminate.OperationId)).State);
        await SimulatedInventoryIs(system, kept);
        Assert.Single((await system.Mm5.ListApplicationsAsync(new())).Applications);
        await RulesAre(system, kept, RuleState.Active);
        Assert.Equal(before, Compute(system, kept));
    }

    [Fact]
    public async Task A_site_whose_records_were_lost_has_its_instances_adopted_and_not_restarted()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var kept = await Running(system);
        var ended = await Running(system, "other");
        var before = Compute(system, kept);

        // While nobody can be asked, everything is left alone.
        system.Mepm.Kill();
        Directory.Delete(system.MepmFolder, recursive: true);
        system.Meo.Kill();
        await system.Mepm.StartAsync();
        await Eventually.Is(async () => (await system.Site.ListFindingsAsync(new() { OpenOnly = true })).Findings.Count(f => f.Action == "REPORTED") == 4, "two computes, two applications are reported");
        await RulesAre(system, kept, RuleState.Active);

        await system.Meo.StartAsync();
        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = ended })).Operation;
        Assert.Equal(Ended.Completed, (await system.EndOf(terminate.OperationId)).State);
        await SimulatedInventoryIs(system, kept);
        await Eventually.Is(async () => (await system.Site.ListAppInstancesAsync(new())).AppInstances is [{ Phase: Site.V1.AppInstance.Types.Phase.Steady }], "the other one is adopted");
        Assert.Equal(before, Compute(system, kept));
        Assert.Single((await system.Mm5.ListApplicationsAsync(new())).Applications);
        await Eventually.Is(async () => (await system.Site.ListFindingsAsync(new() { OpenOnly = true })).Findings.Count == 0, "nothing is wrong any more");
    }

    [Fact]
    public async Task A_restored_old_copy_of_the_sites_records_resurrects_nothing_with_or_without_the_MEO()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, "--resync", "500ms");
        var kept = await Running(system);
        var ended = await Running(system, "other");
        var before = Compute(system, kept);
        system.Mepm.Kill();
        using var copy = new TempFolder();
        CopyFolder(system.MepmFolder, copy.File("mepm"));
        await system.Mepm.StartAsync();
        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = ended })).Operation;
        Assert.Equal(Ended.Completed, (await system.EndOf(terminate.OperationId)).State);
        await system.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = ended });

        system.Mepm.Kill();
        system.Meo.Kill();
        Directory.Delete(system.MepmFolder, recursive: true);
        CopyFolder(copy.File("mepm"), system.MepmFolder);
        await system.Mepm.StartAsync();
        await Eventually.Is(async () => (await Seen(system, ended))?.Phase == Site.V1.AppInstance.Types.Phase.Failed, "the VIM knows better than the old records");
        await SimulatedInventoryIs(system, kept);

        await system.Meo.StartAsync();
        await Eventually.Is(async () => await Seen(system, ended) is null, "the MEO has it removed from the site's records");
        await SimulatedInventoryIs(system, kept);
        Assert.Equal(before, Compute(system, kept));
    }

    [Fact]
    public async Task A_platform_that_lost_its_folder_has_everything_configured_again_without_the_MEO()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        var before = Compute(system, instance);
        system.Meo.Kill();
        system.Platform.Kill();
        Directory.Delete(system.PlatformFolder, recursive: true);
        await system.Platform.StartAsync();
        await RulesAre(system, instance, RuleState.Active);
        Assert.Equal(before, Compute(system, instance));
    }

    [Fact]
    public async Task Rules_that_somebody_else_changed_or_removed_at_the_platform_are_put_back()
    {
        await using var system = await EdgeSystem.StartAsync(Vim);
        var instance = await Running(system);
        var generation = (await system.Mm5.GetApplicationAsync(new() { AppInstanceId = instance })).Application.Generation;

        await system.Mm5.EnsureApplicationAsync(new() { AppInstanceId = instance, Generation = generation, Configuration = new() { AppName = "meddled" } });
        await Eventually.Is(async () => (await Rules(system, instance)) is [RuleState.Active, RuleState.Active], "its two rules act again");

        await system.Mm5.RemoveApplicationIfAnyAsync(new() { AppInstanceId = instance, Generation = generation });
        await Eventually.Is(async () => (await Rules(system, instance)) is [RuleState.Active, RuleState.Active], "its two rules act once more");
        Assert.Equal(1, Compute(system, instance).Boots);
    }

    private static async Task<string> Running(EdgeSystem system, string? name = null)
    {
        var descriptor = name is null ? ProbeApp.Descriptor : ProbeApp.Named(name);
        var instance = await system.CreateInstanceAsync("probe.json", descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        return instance;
    }

    private static SimulatedComputeSeen Compute(EdgeSystem system, string instance) => SimulatedInventory.Read(system.VimFolder)[instance];

    private static Task SimulatedInventoryIs(EdgeSystem system, params string[] instances) => Eventually.Is(
        () => SimulatedInventory.Read(system.VimFolder).Keys.SequenceEqual(instances.Order(StringComparer.Ordinal)),
        $"exactly {instances.Length} computes exist");

    private static string AddressOf(EdgeSystem system, string instance) => SimulatedInventory.Lines(system.VimFolder)
        .Last(key => key.GetProperty("ComputeId").GetString() == instance).GetProperty("Compute").GetProperty("Address").GetString()!;

    private static async Task<Site.V1.AppInstance?> Seen(EdgeSystem system, string instance) =>
        (await system.Site.ListAppInstancesAsync(new())).AppInstances.FirstOrDefault(a => a.AppInstanceId == instance);

    private static async Task<IReadOnlyList<Condition>> Conditions(EdgeSystem system, string instance) => (await Seen(system, instance))?.Conditions ?? [];

    /// <summary>The MEPM has looked at VIM and platform since it started.</summary>
    private static Task ToldAgain(EdgeSystem system, string instance) => Eventually.Is(
        async () => (await Seen(system, instance)) is { Phase: Site.V1.AppInstance.Types.Phase.Steady, TrafficRules.Count: > 0 }, "the site has looked at everything again");

    private static async Task<RuleState[]> Rules(EdgeSystem system, string instance)
    {
        try
        {
            var application = (await system.Mm5.GetApplicationAsync(new() { AppInstanceId = instance })).Application;
            return [.. application.TrafficRules.Select(r => r.State), .. application.DnsRules.Select(r => r.State)];
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound or StatusCode.Unavailable)
        {
            return [];
        }
    }

    private static Task RulesAre(EdgeSystem system, string instance, RuleState state) => Eventually.Is(
        async () => await Rules(system, instance) is { Length: 2 } rules && rules.All(r => r == state), $"both rules are {state}");

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
