using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Onboarding.V1;

namespace Mano.Cli.Connection;

/// <summary>Whole lists, page after page, and one thing by what a person calls it.</summary>
internal static class Catalogue
{
    private const int PageSize = 500;

    public static Task<List<AppPackageInfo>> PackagesAsync(this MeoConnection meo, CancellationToken stop) => AllAsync<AppPackageInfo>(async token =>
    {
        var page = await meo.Ask(o => meo.Onboarding.ListAppPackagesAsync(new ListAppPackagesRequest { PageSize = PageSize, PageToken = token }, o), stop);
        return (page.AppPackages, page.NextPageToken);
    });

    public static Task<List<AppInstanceInfo>> InstancesAsync(this MeoConnection meo, string siteId, CancellationToken stop) => AllAsync<AppInstanceInfo>(async token =>
    {
        var page = await meo.Ask(
            o => meo.Lifecycle.ListAppInstancesAsync(new ListAppInstancesRequest { PageSize = PageSize, PageToken = token, SiteId = siteId }, o), stop);
        return (page.AppInstances, page.NextPageToken);
    });

    public static Task<List<SiteInfo>> SitesAsync(this MeoConnection meo, CancellationToken stop) => AllAsync<SiteInfo>(async token =>
    {
        var page = await meo.Ask(o => meo.Inventory.ListSitesAsync(new ListSitesRequest { PageSize = PageSize, PageToken = token }, o), stop);
        return (page.Sites, page.NextPageToken);
    });

    /// <param name="limit">At most this many; operations are kept for long.</param>
    public static async Task<ListOperationsResponse> OperationsAsync(this MeoConnection meo, string instanceId, bool unfinished, int limit, CancellationToken stop) =>
        await meo.Ask(
            o => meo.Operations.ListOperationsAsync(
                new ListOperationsRequest { PageSize = limit, AppInstanceId = instanceId, UnfinishedOnly = unfinished }, o), stop);

    /// <summary>A package by its id, the beginning of it, its appDId, or the application's name.</summary>
    public static async Task<AppPackageInfo> PackageAsync(this MeoConnection meo, string asked, CancellationToken stop)
    {
        var all = await meo.PackagesAsync(stop);
        return all.Find(p => p.AppDId == asked) ?? Naming.Pick("package", asked, all, p => p.AppPackageId, p => p.AppName);
    }

    public static async Task<AppInstanceInfo> InstanceAsync(this MeoConnection meo, string asked, CancellationToken stop)
    {
        if (Naming.IsWholeId(asked))
        {
            return await meo.InstanceByIdAsync(asked, stop);
        }

        return Naming.Pick("instance", asked, await meo.InstancesAsync("", stop), i => i.AppInstanceId, i => i.AppInstanceName);
    }

    public static async Task<AppInstanceInfo> InstanceByIdAsync(this MeoConnection meo, string id, CancellationToken stop) =>
        (await meo.Ask(o => meo.Lifecycle.GetAppInstanceAsync(new GetAppInstanceRequest { AppInstanceId = id }, o), stop)).AppInstance;

    public static async Task<OperationInfo> OperationAsync(this MeoConnection meo, string asked, CancellationToken stop)
    {
        if (Naming.IsWholeId(asked))
        {
            return (await meo.Ask(o => meo.Operations.GetOperationAsync(new GetOperationRequest { OperationId = asked }, o), stop)).Operation;
        }

        var newest = await meo.OperationsAsync("", false, 1000, stop);
        return Naming.Pick("operation", asked, newest.Operations, o => o.OperationId, _ => "");
    }

    public static async Task<List<T>> AllAsync<T>(Func<string, Task<(IEnumerable<T> Items, string Next)>> page)
    {
        var all = new List<T>();
        var token = "";
        do
        {
            var (items, next) = await page(token);
            all.AddRange(items);
            token = next;
        }
        while (token.Length > 0);
        return all;
    }
}
