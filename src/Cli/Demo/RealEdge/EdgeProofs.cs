using System.Net;
using System.Net.Sockets;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>What must be seen from outside before, while and after the application runs; each with a tick on the screen.</summary>
internal sealed class EdgeProofs(EdgeDevice device, CloudServer cloud, DemoScreen screen, TimeProvider clock)
{
    private const int Datagrams = 5;

    private static readonly TimeSpan CopyTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    /// <summary>What is open answers in milliseconds, and is waited for; what is closed never does.</summary>
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ClosedTime = TimeSpan.FromSeconds(2);

    private readonly List<Proof> all = [];

    public IReadOnlyList<Proof> All => all;

    public void Add(string text, string? found)
    {
        all.Add(new(text, found));
        screen.Tick(text, found is null, found);
    }

    /// <summary>Everything is the cloud's.</summary>
    public async Task BeforeAsync(CancellationToken stop)
    {
        await NameLeadsToAsync(EdgePlan.OtherCloud, "the cloud's own DNS", stop);
        await ClosedAsync(isClosed: false, stop);
        await CopiesAsync(0, stop);
    }

    /// <summary>Every rule of the application acts.</summary>
    public async Task WhileItRunsAsync(string instanceId, CancellationToken stop)
    {
        await NameLeadsToAsync(EdgePlan.Cloud, "the site's DNS, by the application's rule", stop);
        Add("FORWARD: the same address and name are served by the application", await AnsweredByAsync(instanceId, stop));
        await ClosedAsync(isClosed: true, stop);
        await CopiesAsync(Datagrams, stop);
    }

    /// <summary>Everything is the cloud's again, and nothing was missed on the way.</summary>
    public async Task AfterAsync(AppInstanceInfo instance, UserTraffic traffic, long gone, CancellationToken stop)
    {
        await NameLeadsToAsync(EdgePlan.OtherCloud, "the cloud's own DNS again", stop);
        await ClosedAsync(isClosed: false, stop);
        await CopiesAsync(0, stop);
        Add("nothing listens where the application was", await RefusesAsync(instance.Endpoint, stop));
        var tallies = traffic.Tallies;
        foreach (var tally in tallies)
        {
            var (before, edge, after, _) = tally.Counts;
            Add($"{tally.Kind}: from the cloud to the edge and back ({before} cloud, {edge} edge, {after} cloud)", before > 0 && edge > 0 && after > 0 ? null : "one of them never answered");
        }

        Add("no request was answered by an instance that was gone", tallies.Any(t => t.LastEdge > gone) ? "one was, after the operation had ended" : null);
        Add("no other instance has answered", tallies.SelectMany(t => t.Instances).FirstOrDefault(i => i != instance.AppInstanceId));
        Add("no request was lost", traffic.Counts.Lost == 0 ? null : $"{traffic.Counts.Lost}: {string.Join("; ", tallies.SelectMany(t => t.Losses))}");
    }

    private async Task NameLeadsToAsync(IPAddress address, string whose, CancellationToken stop)
    {
        var reply = await device.ResolveAsync(EdgePlan.DomainName, stop);
        Add($"{EdgePlan.DomainName} leads to {address}: {whose}", reply.Addresses.Contains(address) ? null : reply.ToString());
    }

    private async Task<string?> AnsweredByAsync(string instanceId, CancellationToken stop)
    {
        string[] answers =
        [
            await device.FetchAsync(EdgePlan.Cloud.ToString(), stop), await device.FetchAsync(EdgePlan.DomainName, stop), await device.SendAsync(EdgePlan.Cloud, stop),
        ];
        return answers.FirstOrDefault(a => !a.Contains(instanceId, StringComparison.Ordinal))?.Split('\n')[0];
    }

    private async Task ClosedAsync(bool isClosed, CancellationToken stop)
    {
        var reached = await device.ReachesAsync(EdgePlan.Closed, isClosed ? ClosedTime : OpenTime, stop);
        Add(isClosed ? $"DROP: {EdgePlan.Closed} gives no answer" : $"{EdgePlan.Closed} answers", reached != isClosed ? null : reached ? "it does" : "it does not");
    }

    private async Task CopiesAsync(int expected, CancellationToken stop)
    {
        var before = cloud.Copies;
        for (var i = 0; i < Datagrams; i++)
        {
            await device.SendAsync(EdgePlan.Watched, stop);
        }

        // Each was answered by the cloud; a copy goes another way and may come a little later.
        var since = clock.GetTimestamp();
        while (cloud.Copies - before < expected && clock.GetElapsedTime(since) < CopyTime)
        {
            await Task.Delay(Glance, clock, stop);
        }

        var copies = cloud.Copies - before;
        Add(
            expected > 0 ? $"DUPLICATE: of {Datagrams} datagrams to {EdgePlan.Watched}, which the cloud answers, the monitor gets a copy each" : $"the monitor gets no copy of datagrams to {EdgePlan.Watched}",
            copies == expected ? null : $"{copies}");
    }

    private async Task<string?> RefusesAsync(Mano.Common.V1.Endpoint? endpoint, CancellationToken stop)
    {
        if (endpoint is not { Ports.Count: > 0 })
        {
            return "it never had an address";
        }

        try
        {
            await device.FetchAsync($"{endpoint.Address}:{endpoint.Ports[0].Number}", stop);
            return "something answers";
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
