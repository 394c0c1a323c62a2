using Grpc.Core;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Testing;
using SiteInfo = Mano.Inventory.V1.Site;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;

namespace Mano.Mesh.Tests.Processes;

/// <summary>Sites that are gone, come back, have lost their records or have what nobody wants: real processes, asked from outside.</summary>
[Trait("Speed", "Slow")]
public sealed class RecoveryTests
{
    private const string Vim = "vim=Simulated,vim.BootTime=00:00:00.200";

    private static readonly string[] Quick = ["--heartbeat", "200ms", "--suspect-after", "5s", "--lost-after", "8s", "--resync", "500ms"];

    [Fact]
    public async Task What_was_deleted_by_force_while_its_site_was_dead_is_gone_when_the_site_is_back()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, Quick);
        var instance = await Running(system);
        system.Mepm.Kill();
        system.Platform.Kill();
        await Eventually.Is(async () => (await TheSite(system)).Health == SiteInfo.Types.Health.Lost, "the site is lost");

        await system.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance, Force = true });
        var e = await Assert.ThrowsAsync<RpcException>(async () => await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance }));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
        Assert.Equal(instance, Assert.Single((await system.Inventory.ListDebtsAsync(new())).Debts).AppInstanceId);

        // The debt outlives the MEO, too.
        system.Meo.Kill();
        await system.Meo.StartAsync();
        await system.Platform.StartAsync();
        await system.Mepm.StartAsync();
        await Eventually.Is(async () => (await system.Inventory.ListDebtsAsync(new())).Debts.Count == 0, "the site has paid");
        await Clean.SiteIsEmpty(system);
        await Eventually.Is(async () => (await TheSite(system)).Hosts.Sum(h => h.Owed.MilliCpu) == 0, "nothing is owed");
    }

    [Fact]
    public async Task A_site_that_lost_its_records_is_told_again_and_what_runs_goes_on()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, Quick);
        var instance = await Running(system);
        system.Mepm.Kill();
        Directory.Delete(system.MepmFolder, recursive: true);
        await system.Mepm.StartAsync();

        await Eventually.Is(
            async () => (await system.Site.ListAppInstancesAsync(new())).AppInstances is [{ Phase: Site.V1.AppInstance.Types.Phase.Steady }], "the site has it again");
        await Clean.IsServing(system, instance);
        await Eventually.Is(
            async () => (await system.Inventory.ListFindingsAsync(new())).Findings is [{ Kind: Finding.Types.Kind.LostAtSite, Action: "RECREATED", ResolvedTime: not null }],
            "it was found, put right, and is right");
        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        Assert.Equal(Ended.Completed, (await system.EndOf(terminate.OperationId)).State);
        await Clean.IsGone(system, instance);
    }

    [Fact]
    public async Task What_somebody_made_at_a_site_behind_the_MEOs_back_is_removed()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, Quick);
        var instance = await Running(system);
        await system.Site.EnsureAppInstanceAsync(new()
        {
            Desired = new()
            {
                AppInstanceId = "0f0f0f0f-0000-4000-8000-000000000001",
                Generation = 5,
                HostId = "edge-a-1",
                PowerState = Site.V1.DesiredAppInstance.Types.PowerState.Started,
                Tenant = "default",
                Platform = new() { AppName = "rogue" },
                Compute = new()
                {
                    Name = "rogue",
                    Resources = new() { MilliCpu = 1000, MemoryMib = 128 },
                    Images = { new Site.V1.Image { Id = "image", Name = "rogue", Version = "1", Kind = "reference", Reference = "rogue:1" } },
                },
            },
        });

        await Eventually.Is(
            async () => (await system.Inventory.ListFindingsAsync(new())).Findings is [{ Kind: Finding.Types.Kind.Orphan, Action: "REMOVED", ResolvedTime: not null }],
            "it was found, removed, and is gone");
        await Eventually.Is(async () => (await system.Inventory.ListDebtsAsync(new())).Debts.Count == 0, "nothing is owed");
        await Clean.IsServing(system, instance);
    }

    [Fact]
    public async Task A_termination_whose_site_is_dead_ends_by_itself_when_the_site_is_back_however_late()
    {
        await using var system = await EdgeSystem.StartAsync(Vim, Quick);
        var instance = await Running(system);
        system.Mepm.Kill();
        var terminate = (await system.Lifecycle.TerminateAppInstanceAsync(new() { AppInstanceId = instance, Timeout = new() { Seconds = 8 } })).Operation;
        await Eventually.Is(async () => await StateOf(system, terminate) == Ended.FailedTemp, "it has given up");

        await system.Mepm.StartAsync();
        await Eventually.Is(async () => await StateOf(system, terminate) == Ended.Completed, "it has ended without help");
        await Clean.IsGone(system, instance);
    }

    private static async Task<string> Running(EdgeSystem system)
    {
        var instance = await system.CreateInstanceAsync("probe.json", ProbeApp.Descriptor);
        var operation = (await system.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = instance })).Operation;
        var ended = await system.EndOf(operation.OperationId);
        Assert.True(ended.State == Ended.Completed, $"{ended}\n{system.Logs}");
        return instance;
    }

    private static async Task<SiteInfo> TheSite(EdgeSystem system) => (await system.Inventory.ListSitesAsync(new())).Sites[0];

    private static async Task<Ended> StateOf(EdgeSystem system, Operation operation) =>
        (await system.Operations.GetOperationAsync(new() { OperationId = operation.OperationId })).Operation.State;
}
