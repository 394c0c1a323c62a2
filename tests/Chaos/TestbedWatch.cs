using Grpc.Core;
using Mano.Chaos.History;
using Mano.Chaos.Topologies;
using Mano.Chaos.Truth;
using Mano.Chaos.Workload;

namespace Mano.Chaos;

/// <summary>Looks all the time, also while faults are at work: the VIMs' files, the figures of hosts, memory, deaths.</summary>
internal sealed class TestbedWatch : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);

    private readonly Testbed testbed;
    private readonly HistoryFile history;
    private readonly Dictionary<string, VimJournal> journals;
    private readonly Dictionary<string, long> held = [];
    private readonly CancellationTokenSource stop = new();
    private Task looking = Task.CompletedTask;

    public TestbedWatch(Testbed testbed, IReadOnlyList<ChaosApp> apps, HistoryFile history)
    {
        (this.testbed, this.history, Apps) = (testbed, history, apps);
        journals = testbed.Sites.ToDictionary(s => s.HostId, s => new VimJournal(s.HostId, Path.Combine(s.VimFolder, "keys.jsonl"), s.MilliCpu, history));
        Observer = new(testbed, apps, journals);
    }

    public IReadOnlyList<ChaosApp> Apps { get; }

    public Observer Observer { get; }

    /// <summary>Something that makes going on pointless.</summary>
    public Violation? Found { get; private set; }

    public void Start(CancellationToken cancel) => looking = Task.Run(() => Look(cancel), CancellationToken.None);

    public void Dispose()
    {
        stop.Cancel();
        looking.ContinueWith(_ => { }, TaskScheduler.Default).Wait(TimeSpan.FromSeconds(10));
        Observer.Dispose();
        foreach (var journal in journals.Values)
        {
            journal.Dispose();
        }

        stop.Dispose();
    }

    private async Task Look(CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, stop.Token);
        for (var round = 0; !end.IsCancellationRequested; round++)
        {
            try
            {
                foreach (var journal in journals.Values)
                {
                    journal.Read();
                }

                foreach (var node in testbed.Nodes)
                {
                    node.Weigh();
                }

                await Sample(round % testbed.Meos.Count, end.Token);
                await Task.Delay(Every, TimeProvider.System, end.Token);
            }
            catch (Exception e) when (e is OperationCanceledException)
            {
                // Over.
            }
            catch (Exception e)
            {
                Found = new("WATCH_ENDED", e.ToString());
                return;
            }
        }
    }

    private async Task Sample(int replica, CancellationToken cancel)
    {
        try
        {
            var soon = new CallOptions(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + TimeSpan.FromSeconds(1), cancellationToken: cancel);
            foreach (var host in (await Observer.Inventory(replica).ListSitesAsync(new(), soon)).Sites.SelectMany(s => s.Hosts))
            {
                var now = host.Held?.MilliCpu ?? 0;
                // A host whose VIM has not answered yet has no figures to compare with.
                if (host.Total is { MilliCpu: > 0 } && held.GetValueOrDefault(host.HostId, -1) != now)
                {
                    held[host.HostId] = now;
                    history.Add(new() { At = 0, Said = Said.Sample, Host = host.HostId, MilliCpu = now, TotalMilliCpu = host.Total.MilliCpu });
                }
            }
        }
        catch (RpcException)
        {
            // It is dead, paused or without its store; the next look asks another one.
        }
    }
}
