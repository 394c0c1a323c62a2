using System.Collections.Concurrent;
using System.Globalization;
using Mano.Chaos.Links;
using Mano.Chaos.Processes;
using Mano.Chaos.Topologies;

namespace Mano.Chaos.Faults;

/// <summary>Does faults to a testbed, writes down what it did, and heals.</summary>
internal sealed class FaultInjector(Testbed testbed, StreamWriter schedule)
{
    private static readonly TimeSpan SlowBy = TimeSpan.FromMilliseconds(120);

    private readonly ConcurrentDictionary<string, byte> busy = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> running = [];
    private readonly long began = TimeProvider.System.GetTimestamp();
    private CancellationTokenSource healing = new();

    /// <summary>Faults by kind and what they hit: <c>Kill meo</c>.</summary>
    public ConcurrentDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>SIGKILLs so far.</summary>
    public int Kills => Counts.Where(c => c.Key.StartsWith("kill ", StringComparison.Ordinal)).Sum(c => c.Value);

    /// <summary>Times from a fault's healing, by a timestamp of the system's clock.</summary>
    public ConcurrentQueue<(string Fault, long Healed)> Healings { get; } = new();

    /// <summary>Begins a fault, unless its target is still under another.</summary>
    public void Begin(Fault fault, CancellationToken cancel)
    {
        if (busy.TryAdd(fault.Target, 0))
        {
            running.Add(Task.Run(() => Do(fault, cancel), CancellationToken.None));
        }
    }

    /// <summary>Ends every fault now, and waits until every process is up again.</summary>
    public async Task Heal(CancellationToken cancel)
    {
        await healing.CancelAsync();
        await Task.WhenAll(running);
        running.Clear();
        foreach (var link in testbed.Links)
        {
            link.Set(LinkMode.Open);
        }

        foreach (var node in testbed.Nodes.Where(n => !n.IsRunning))
        {
            await node.StartAsync(cancel);
        }

        healing.Dispose();
        healing = new();
    }

    private async Task Do(Fault fault, CancellationToken cancel)
    {
        try
        {
            Say(fault.ToString());
            var node = testbed.Nodes.FirstOrDefault(n => n.Name == fault.Target);
            if (node is not null)
            {
                await ToNode(fault, node, cancel);
            }
            else
            {
                await ToLink(fault, testbed.Links.First(l => l.Name == fault.Target), cancel);
            }

            Healings.Enqueue((fault.ToString(), TimeProvider.System.GetTimestamp()));
        }
        finally
        {
            busy.TryRemove(fault.Target, out _);
        }
    }

    private async Task ToNode(Fault fault, Node node, CancellationToken cancel)
    {
        if (fault.Kind == FaultKind.Pause)
        {
            Count($"pause {KindOf(node.Name)}");
            node.Pause();
            await Last(fault.For, cancel);
            node.Continue();
            return;
        }

        Count($"{(fault.IsKill ? "kill" : "stop")} {KindOf(node.Name)}");
        if (fault.IsKill)
        {
            node.Kill();
        }
        else
        {
            await node.StopAsync(cancel);
        }

        await Last(fault.For, cancel);
        if (fault.Kind == FaultKind.KillTwice)
        {
            var start = node.StartAsync(cancel);
            await Last(TimeSpan.FromMilliseconds(150 + (Kills % 7 * 60)), cancel);
            Count($"kill {KindOf(node.Name)}");
            node.Kill();
            await start;
        }

        await node.StartAsync(cancel);
    }

    private async Task ToLink(Fault fault, TcpLink link, CancellationToken cancel)
    {
        Count($"{fault.Kind.ToString().ToLowerInvariant()} {KindOf(link.Name)}");
        link.Set(fault.Kind switch { FaultKind.Cut => LinkMode.Cut, FaultKind.Slow => LinkMode.Slow, _ => LinkMode.Blackhole }, SlowBy);
        await Last(fault.For, cancel);
        link.Set(LinkMode.Open);
    }

    /// <summary>The fault's time, or until everything is to be healed.</summary>
    private async Task Last(TimeSpan time, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, healing.Token);
        await Task.Delay(time, TimeProvider.System, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Count(string what) => Counts.AddOrUpdate(what, 1, (_, n) => n + 1);

    /// <summary>Names without their numbers: <c>meo-2</c> is a <c>meo</c>, <c>edge-a-mepm</c> a <c>mepm</c>.</summary>
    private static string KindOf(string name) => string.Join('>', name.Split('>').Select(
        part => part.StartsWith("edge-", StringComparison.Ordinal) ? part.Split('-') is [_, _, var kind] ? kind : "mepm" : part.Split('-')[0]));

    private void Say(string what)
    {
        lock (schedule)
        {
            schedule.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(began).TotalSeconds,9:0.000} {what}"));
            schedule.Flush();
        }
    }
}
