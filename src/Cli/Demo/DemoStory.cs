using System.Net;
using Google.Protobuf.WellKnownTypes;
using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Mano.Cli.Up;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Demo;

/// <summary>The chapters of the demo after the system is up, in the order in which an OSS and a user would live them.</summary>
internal sealed class DemoStory : IDisposable
{
    private readonly Surroundings surroundings;
    private readonly RunningSystem system;
    private readonly DemoScreen screen;
    private readonly VimKind vim;
    private readonly MeoConnection meo;
    private readonly SampleApplication sample;
    private readonly DemoOss oss;

    public DemoStory(Surroundings surroundings, RunningSystem system, DemoScreen screen, VimKind vim)
    {
        (this.surroundings, this.system, this.screen, this.vim) = (surroundings, system, screen, vim);
        meo = new(system.Meo.Grpc, surroundings.Ids.NewId(), surroundings.Clock);
        sample = vim == VimKind.LocalProcess ? SampleApplication.Hello : SampleApplication.Echo;
        oss = new(meo, surroundings, sample, screen);
    }

    /// <summary>Where the built package is put.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether to wait for a key while the application runs.</summary>
    public required bool Pause { get; init; }

    /// <summary>How long it waited for that key.</summary>
    public TimeSpan Paused { get; private set; }

    private bool IsReal => vim == VimKind.LocalProcess;

    /// <summary>What was left of the application in the end, a sentence each; empty when the end is clean.</summary>
    public async Task<IReadOnlyList<string>> TellAsync(CancellationToken stop)
    {
        ShowAddresses();
        var package = await OnboardAsync(stop);
        var site = await ExplainAsync(package, stop);
        var user = new EdgeUser(site, surroundings.Clock);
        await LookBeforeAsync(user, site, stop);
        var instance = await InstantiateAsync(package, stop);
        await VisitAsync(user, instance, stop);
        await TerminateAsync(instance, stop);
        return await ProveAsync(package, instance, stop);
    }

    public void Dispose() => meo.Dispose();

    private void ShowAddresses()
    {
        screen.Say($"MEO     {system.Meo.Grpc}");
        foreach (var site in system.Sites)
        {
            screen.Say($"{site.SiteId}  DNS {site.Dns}, gateway {site.Gateway}");
        }
    }

    private async Task<AppPackageInfo> OnboardAsync(CancellationToken stop)
    {
        screen.Chapter("The provider's package is built and onboarded");
        return await oss.OnboardAsync(Folder, stop);
    }

    private async Task<RunningSite> ExplainAsync(AppPackageInfo package, CancellationToken stop)
    {
        screen.Chapter("Where would it go, and why?");
        var decision = await ExplainAsync(package, null, stop);
        screen.Placement(decision);
        screen.Say("And if it had to be within 10 ms of its users:", "grey");
        screen.Placement(await ExplainAsync(package, Duration.FromTimeSpan(TimeSpan.FromMilliseconds(10)), stop));
        return system.Sites.FirstOrDefault(s => s.SiteId == decision.SiteId)
            ?? throw Failure.NoCapacity("NO_HOST", $"No host would take {package.AppName}: {decision.Summary}").ToException();
    }

    private async Task<PlacementDecision> ExplainAsync(AppPackageInfo package, Duration? within, CancellationToken stop)
    {
        var request = new ExplainPlacementRequest { AppPackageId = package.AppPackageId, Constraints = new PlacementConstraints { MaxLatency = within } };
        return (await meo.Ask(o => meo.Placement.ExplainPlacementAsync(request, o), stop)).Decision;
    }

    private async Task LookBeforeAsync(EdgeUser user, RunningSite site, CancellationToken stop)
    {
        screen.Chapter($"A user near {site.SiteId}, before the application runs");
        screen.Say($"{sample.DomainName}?  {await user.ResolveAsync(sample.DomainName, stop)}");
        var (page, refusal) = await user.FetchAsync(sample.Page, stop);
        screen.Say($"GET {sample.Page}  {(page is null ? $"refused ({refusal})" : "a page?!")}");
    }

    private async Task<AppInstanceInfo> InstantiateAsync(AppPackageInfo package, CancellationToken stop)
    {
        screen.Chapter("The OSS has it instantiated");
        var operation = await oss.InstantiateAsync(package, stop);
        await FollowAsync(operation, stop);
        return await meo.InstanceByIdAsync(operation.AppInstanceId, stop);
    }

    private async Task VisitAsync(EdgeUser user, AppInstanceInfo instance, CancellationToken stop)
    {
        screen.Chapter("The same user, now");
        screen.Say($"{sample.DomainName}?  {await user.ResolveAsync(sample.DomainName, stop)}");
        var (page, refusal) = await user.FetchAsync(sample.Page, stop);
        if (page is not null)
        {
            screen.Say($"GET {sample.Page}  through the traffic rule, to {Words.Reach(instance.Endpoint)}:");
            screen.Quote(page);
        }
        else if (IsReal)
        {
            throw Failure.Internal("NOT_REACHED", $"The application runs, but its page cannot be fetched through the gateway: {refusal}.").ToException();
        }
        else
        {
            screen.Say("the VIM is simulated: there is no application to give a page");
        }

        await InviteAsync(user, stop);
    }

    private async Task InviteAsync(EdgeUser user, CancellationToken stop)
    {
        screen.Say("By hand:", "grey");
        screen.Say($"  dig @{user.Dns.Address} -p {user.Dns.Port} {sample.DomainName}", "grey");
        screen.Say($"  curl --socks5-hostname {user.GatewayAddress} {sample.Page}", "grey");
        screen.Say($"  {surroundings.CommandName} instance show {sample.Name} --meo {system.Meo.Grpc}", "grey");
        if (Pause)
        {
            screen.Say("Try them in another terminal; Enter goes on and terminates the application.", "bold");
            var since = surroundings.Clock.GetTimestamp();
            await surroundings.In.ReadLineAsync(stop);
            Paused = surroundings.Clock.GetElapsedTime(since);
        }
    }

    private async Task TerminateAsync(AppInstanceInfo instance, CancellationToken stop)
    {
        screen.Chapter("The OSS has it terminated, gracefully");
        await FollowAsync(await oss.TerminateAsync(instance, stop), stop);
    }

    private async Task FollowAsync(OperationInfo operation, CancellationToken stop)
    {
        DemoOss.DemandSuccess(await new OperationFollower(meo, surroundings) { Console = screen.Console }.FollowAsync(operation.OperationId, stop));
    }

    private async Task<IReadOnlyList<string>> ProveAsync(AppPackageInfo package, AppInstanceInfo instance, CancellationToken stop)
    {
        screen.Chapter("Is anything left?");
        await oss.ForgetAsync(package, instance, stop);
        var left = new List<string>();
        foreach (var question in new CleanSlate(meo, system, surroundings.Clock).QuestionsAbout(About(instance)))
        {
            var found = await question.FindAsync(stop);
            screen.Tick(question.Text, found is null, found);
            if (found is not null)
            {
                left.Add($"{question.Text}: {found}");
            }
        }

        return left;
    }

    private Departed About(AppInstanceInfo instance) => new(
        instance.AppInstanceId, sample.DomainName, sample.Page,
        IsReal && instance.Endpoint is { Ports.Count: > 0 } endpoint
            ? new IPEndPoint(IPAddress.Parse(endpoint.Address), (int)endpoint.Ports[0].Number)
            : null);
}
