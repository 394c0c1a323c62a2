using System.Net;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>
/// The chapters of the demo in network namespaces: a user's requests go on all the time, and are seen to move from the cloud
/// to the edge and back while an OSS has the application instantiated and terminated.
/// </summary>
internal sealed class RealStory : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(3);

    private readonly Surroundings surroundings;
    private readonly EdgeSite site;
    private readonly DemoScreen screen;
    private readonly MeoConnection meo;
    private readonly DemoOss oss;
    private readonly CloudServer cloud;
    private readonly EdgeDevice device;
    private readonly EdgeNetwork network;
    private readonly UserTraffic traffic;
    private readonly TrafficView view;
    private readonly EdgeProofs proofs;

    public RealStory(Surroundings surroundings, EdgeNetwork network, EdgeSite site, DemoScreen screen)
    {
        (this.surroundings, this.network, this.site, this.screen) = (surroundings, network, site, screen);
        var clock = surroundings.Clock;
        meo = new(site.Addresses.Meo.Grpc, surroundings.Ids.NewId(), clock);
        oss = new(meo, surroundings, SampleApplication.Roadside, screen);
        cloud = new(network);
        device = new(network, clock);
        traffic = new(device, clock);
        view = new(screen.Console, traffic, clock);
        proofs = new(device, cloud, screen, clock);
    }

    /// <summary>Where the built package is put.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether to wait for a key while the application runs.</summary>
    public required bool Pause { get; init; }

    public RequestCounts Counts => traffic.Counts;

    public IReadOnlyList<Proof> Proofs => proofs.All;

    public async Task TellAsync(CancellationToken stop)
    {
        screen.Chapter($"The user asks for {EdgePlan.Cloud}, by address, by name and with datagrams: the cloud answers");
        if (screen.Console.CanRedraw())
        {
            screen.Say("c: the cloud answers, E: the edge answers, X: nobody; a sign for each quarter of a second", "grey");
        }

        await WatchAsync(stop);
        await proofs.BeforeAsync(stop);

        screen.Chapter("The OSS has the package onboarded and the application instantiated at the edge; the user goes on");
        var package = await oss.OnboardAsync(Folder, stop);
        var operation = await oss.InstantiateAsync(package, stop);
        DemoOss.DemandSuccess(await view.FollowAsync(meo, operation.OperationId, stop));
        var instance = await meo.InstanceByIdAsync(operation.AppInstanceId, stop);

        screen.Chapter($"The same address and the same name, now: {Words.Reach(instance.Endpoint)} answers");
        await WatchAsync(stop);
        await proofs.WhileItRunsAsync(instance.AppInstanceId, stop);
        await InviteAsync(stop);

        screen.Chapter("The OSS has it terminated; the user goes on");
        DemoOss.DemandSuccess(await view.FollowAsync(meo, (await oss.TerminateAsync(instance, stop)).OperationId, stop));
        var gone = surroundings.Clock.GetTimestamp();
        await view.WatchAsync(Look, stop);
        await traffic.EndAsync();
        await proofs.AfterAsync(instance, traffic, gone, stop);

        screen.Chapter("Is anything left?");
        await oss.ForgetAsync(package, instance, stop);
        var departed = new Departed(instance.AppInstanceId, EdgePlan.DomainName, SampleApplication.Roadside.Page, Address: null);
        foreach (var question in new CleanSlate(meo, site.Addresses, surroundings.Clock).QuestionsBesidesUsersAbout(departed))
        {
            proofs.Add(question.Text, await question.FindAsync(stop));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await traffic.DisposeAsync();
        device.Dispose();
        cloud.Dispose();
        meo.Dispose();
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        await view.WatchAsync(Look, stop);
        screen.Say($"so far {traffic.Counts}", "grey");
    }

    private async Task InviteAsync(CancellationToken stop)
    {
        screen.Say("By hand, in another terminal:", "grey");
        screen.Say($"  nsenter --net={network[EdgePlan.User].Path} curl http://{EdgePlan.Cloud}/", "grey");
        screen.Say($"  nsenter --net={network[EdgePlan.User].Path} dig @{EdgePlan.Dns.Address} {EdgePlan.DomainName}", "grey");
        screen.Say($"  nsenter --net={network[EdgePlan.Gateway].Path} nft list ruleset", "grey");
        screen.Say($"  {surroundings.CommandName} instance show {SampleApplication.Roadside.Name} --meo {site.Addresses.Meo.Grpc}", "grey");
        if (Pause)
        {
            screen.Say("Enter goes on and terminates the application; the user's requests go on meanwhile.", "bold");
            await surroundings.In.ReadLineAsync(stop);
        }
    }
}
