using Grpc.Core;
using Mano.Common.V1;
using Mano.Lifecycle.V1;
using Mano.Testing;

namespace Mano.Mesh.Tests.Processes;

/// <summary>The questions asked from the outside after an operation has ended.</summary>
internal static class Clean
{
    /// <summary>One compute, its rules active, its capacity and grant held, the record INSTANTIATED.</summary>
    public static async Task IsServing(EdgeSystem system, string instance)
    {
        var record = (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance;
        Assert.Equal(AppInstance.Types.InstantiationState.Instantiated, record.InstantiationState);
        Assert.Equal(AppInstance.Types.OperationalState.Started, record.OperationalState);

        var site = Assert.Single((await system.Site.ListAppInstancesAsync(new())).AppInstances);
        Assert.Equal(Site.V1.AppInstance.Types.Phase.Steady, site.Phase);
        Assert.Equal(1, ComputesOf(system));

        var application = Assert.Single((await system.Mm5.ListApplicationsAsync(new())).Applications);
        Assert.All(application.TrafficRules, r => Assert.Equal(RuleState.Active, r.State));
        Assert.All(application.DnsRules, r => Assert.Equal(RuleState.Active, r.State));

        Assert.Equal(2000, await HeldMilliCpu(system));
        Assert.Single((await system.Granting.ListGrantsAsync(new())).Grants);
    }

    /// <summary>No compute, no rule, no capacity held, no grant; the record NOT_INSTANTIATED and free to be deleted.</summary>
    public static async Task IsGone(EdgeSystem system, string instance)
    {
        var record = (await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance })).AppInstance;
        Assert.Equal(AppInstance.Types.InstantiationState.NotInstantiated, record.InstantiationState);
        Assert.Empty((await system.Site.ListAppInstancesAsync(new())).AppInstances);
        Assert.Equal(0, ComputesOf(system));
        Assert.Empty((await system.Mm5.ListApplicationsAsync(new())).Applications);
        Assert.Equal(0, await HeldMilliCpu(system));
        Assert.Empty((await system.Granting.ListGrantsAsync(new())).Grants);

        await system.Lifecycle.DeleteAppInstanceAsync(new() { AppInstanceId = instance });
        var e = await Assert.ThrowsAsync<RpcException>(async () => await system.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = instance }));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    /// <summary>Nothing of any instance is left: at the VIM, at the platform, on the site's records, in the ledger.</summary>
    public static async Task SiteIsEmpty(EdgeSystem system)
    {
        await Eventually.Is(async () => (await system.Site.ListAppInstancesAsync(new())).AppInstances.Count == 0, "the site has no instance");
        await Eventually.Is(() => ComputesOf(system) == 0, "the VIM has no compute");
        await Eventually.Is(async () => (await system.Mm5.ListApplicationsAsync(new())).Applications.Count == 0, "the platform has no application, so no rule and no name");
        Assert.Equal(0, await HeldMilliCpu(system));
        Assert.Empty((await system.Granting.ListGrantsAsync(new())).Grants);
    }

    /// <summary>Computes that the simulated VIM keeps on disk, read past every part of ours.</summary>
    private static int ComputesOf(EdgeSystem system) => SimulatedInventory.Read(system.VimFolder).Count;

    private static async Task<long> HeldMilliCpu(EdgeSystem system) =>
        (await system.Inventory.ListSitesAsync(new())).Sites.SelectMany(s => s.Hosts).Sum(h => h.Held?.MilliCpu ?? 0);
}
