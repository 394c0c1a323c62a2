using System.Globalization;
using Grpc.Core;
using Mano.Chaos.Topologies;
using Mano.Chaos.Workload;
using Mano.Common.V1;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Channels;
using Mano.Platform.V1;
using Mano.Site.V1;
using InventorySite = Mano.Inventory.V1.Site;
using LifecycleInstance = Mano.Lifecycle.V1.AppInstance;

namespace Mano.Chaos.Truth;

/// <summary>Looks at a testbed from the outside, past every link: APIs, the VIM's folder, DNS, the gateway.</summary>
internal sealed class Observer(Testbed testbed, IReadOnlyList<ChaosApp> apps, IReadOnlyDictionary<string, VimJournal> journals) : IDisposable
{
    private const int Page = 1000;

    private readonly GrpcChannels channels = new();

    public async Task<Observation> Look(CancellationToken cancel)
    {
        var unseen = new List<string>();
        var hosts = await Try("the MEO's sites", unseen, [], async () => (IReadOnlyList<MecHost>)[.. (await Inventory(0).ListSitesAsync(
            new() { PageSize = Page }, Soon(cancel))).Sites.Where(s => s.Health == InventorySite.Types.Health.Alive).SelectMany(s => s.Hosts)]);
        return new()
        {
            InstancesByReplica = [.. await Task.WhenAll(testbed.Meos.Select((m, i) =>
                Try($"the instances of {m.Node.Name}", unseen, [], () => Instances(i, cancel))))],
            Sites = [.. await Task.WhenAll(testbed.Sites.Select(s => Site(s, hosts.FirstOrDefault(h => h.HostId == s.HostId), unseen, cancel)))],
            Grants = await Try("grants", unseen, [], () => Grants(cancel)),
            Unfinished = await Try("operations", unseen, [], async () => (IReadOnlyList<string>)[.. (await Operations(0).ListOperationsAsync(
                new() { PageSize = Page, UnfinishedOnly = true }, Soon(cancel))).Operations.Select(o =>
                    $"{o.OperationId} ({o.Kind} of {o.AppInstanceId}, {o.DetailedState}: {o.Steps.LastOrDefault(s => s.Message.Length > 0)?.Message})")]),
            Debts = await Try("debts", unseen, [], async () => (IReadOnlyList<string>)[.. (await Inventory(0).ListDebtsAsync(
                new() { PageSize = Page }, Soon(cancel))).Debts.Select(d => d.ToString())]),
            Findings = await Try("findings", unseen, [], async () => (IReadOnlyList<string>)[.. (await Inventory(0).ListFindingsAsync(
                new() { PageSize = Page, OpenOnly = true }, Soon(cancel))).Findings.Select(f => f.ToString())]),
            Unseen = unseen,
        };
    }

    /// <summary>Everything that the MEO ever found to differ at a site, with what it did.</summary>
    public async Task<IReadOnlyList<string>> AllFindings(CancellationToken cancel) => [.. (await Inventory(0).ListFindingsAsync(
        new() { PageSize = Page }, Soon(cancel))).Findings.Select(f => $"findings: {f.Kind}, {f.Action}")];

    public InventoryService.InventoryServiceClient Inventory(int replica) => new(channels.For(testbed.Meos[replica].Grpc));

    public LifecycleService.LifecycleServiceClient Lifecycle(int replica) => new(channels.For(testbed.Meos[replica].Grpc));

    public OperationService.OperationServiceClient Operations(int replica) => new(channels.For(testbed.Meos[replica].Grpc));

    public void Dispose() => channels.Dispose();

    public async Task<IReadOnlyList<SeenInstance>> Instances(int replica, CancellationToken cancel)
    {
        var seen = new List<SeenInstance>();
        for (var token = ""; ;)
        {
            var page = await Lifecycle(replica).ListAppInstancesAsync(new() { PageSize = Page, PageToken = token }, Soon(cancel));
            seen.AddRange(page.AppInstances.Select(Seen));
            token = page.NextPageToken;
            if (token.Length == 0)
            {
                return seen;
            }
        }
    }

    private async Task<IReadOnlyList<SeenGrant>> Grants(CancellationToken cancel) => [.. (await new GrantingService.GrantingServiceClient(
        channels.For(testbed.Meos[0].Grpc)).ListGrantsAsync(new() { PageSize = Page }, Soon(cancel))).Grants.Select(g => new SeenGrant(g.AppInstanceId, g.HostId))];

    private async Task<SeenSite> Site(SitePart site, MecHost? host, List<string> unseen, CancellationToken cancel)
    {
        var mepm = new SiteService.SiteServiceClient(channels.For(site.MepmGrpc));
        var platform = new PlatformService.PlatformServiceClient(channels.For(site.PlatformGrpc));
        return new(site.SiteId, site.HostId)
        {
            Healthy = host is { Healthy: true },
            HeldMilliCpu = host?.Held?.MilliCpu ?? 0,
            TotalMilliCpu = host?.Total?.MilliCpu ?? site.MilliCpu,
            Mepm = await Try($"the MEPM of {site.SiteId}", unseen, new Dictionary<string, string>(), async () =>
                (await mepm.ListAppInstancesAsync(new() { PageSize = Page }, Soon(cancel))).AppInstances.ToDictionary(
                    a => a.AppInstanceId, a => a.Phase.ToString() + (a.Failure is null ? "" : ": " + a.Failure.Message))),
            Platform = await Try($"the platform of {site.SiteId}", unseen, new Dictionary<string, string>(), async () =>
                (await platform.ListApplicationsAsync(new(), Soon(cancel))).Applications.ToDictionary(a => a.AppInstanceId, Rules)),
            Computes = journals[site.HostId].Read(),
            Named = await Try($"the DNS of {site.SiteId}", unseen, new HashSet<int>(), () => Which(a => DnsQuestion.Resolves(site.Dns, a.DomainName, cancel))),
            Steered = await Try($"the gateway of {site.SiteId}", unseen, new HashSet<int>(), () => Which(
                a => GatewayQuestion.LetsThrough(site.Gateway, a.Address, ChaosApp.Port, cancel))),
        };
    }

    private async Task<HashSet<int>> Which(Func<ChaosApp, Task<bool>> asked)
    {
        var which = new HashSet<int>();
        foreach (var app in apps)
        {
            if (await asked(app))
            {
                which.Add(app.Number);
            }
        }

        return which;
    }

    private static SeenInstance Seen(LifecycleInstance i) => new(
        i.AppInstanceId,
        i.InstantiationState != LifecycleInstance.Types.InstantiationState.Instantiated ? "NOT_INSTANTIATED"
            : i.OperationalState == LifecycleInstance.Types.OperationalState.Started ? "STARTED" : "STOPPED",
        i.Location?.HostId ?? "",
        int.Parse(i.AppDId.Split('-')[1], CultureInfo.InvariantCulture),
        i.RunningOperationId.Length == 0 ? null : i.RunningOperationId);

    private static string Rules(Application application)
    {
        var states = application.TrafficRules.Select(r => r.State).Concat(application.DnsRules.Select(r => r.State)).Distinct().ToList();
        return states is [RuleState.Active] ? "active" : states is [RuleState.Inactive] ? "inactive" : $"mixed ({application.Phase})";
    }

    private static async Task<T> Try<T>(string what, List<string> unseen, T nothing, Func<Task<T>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (Exception e) when (e is RpcException or TimeoutException or System.Net.Sockets.SocketException or IOException or OperationCanceledException)
        {
            lock (unseen)
            {
                unseen.Add($"Could not see {what}: {(e is RpcException rpc ? rpc.Status : e.Message)}");
            }

            return nothing;
        }
    }

    private static CallOptions Soon(CancellationToken cancel) =>
        new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(10), cancellationToken: cancel);
}
