using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>
/// What still lives of a compute, found in every way there is: its control groups, the mark in the environment that
/// children inherit, the process namespace that marked processes are in, and the descendants of all of these.
/// Killed for certain means: looked for again until nothing is found.
/// </summary>
internal sealed class Remains(string vimId, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>The computes of this VIM of which something lives, by their marks.</summary>
    public IReadOnlySet<string> Marked() => ProcessTable.Scan(vimId).Select(p => p.ComputeId).OfType<string>().ToHashSet();

    /// <summary>What lives of a compute now.</summary>
    public IReadOnlyList<ProcessIdentity> Of(string computeId, IReadOnlyList<string> groups)
    {
        var all = ProcessTable.Scan(vimId);
        var ours = all.Find(p => p.Identity.Pid == Environment.ProcessId)?.PidNamespace ?? "";
        var grouped = Cgroups.ProcessesIn(groups).ToHashSet();
        var found = all.Where(p => p.ComputeId == computeId || grouped.Contains(p.Identity.Pid)).ToDictionary(p => p.Identity.Pid);
        var namespaces = found.Values.Select(p => p.PidNamespace).Where(n => n.Length > 0 && n != ours).ToHashSet();
        foreach (var process in all.Where(p => namespaces.Contains(p.PidNamespace)))
        {
            found[process.Identity.Pid] = process;
        }

        AddDescendants(found, all.ToLookup(p => p.Parent));
        found.Remove(Environment.ProcessId);
        found.Remove(1);
        return [.. found.Values.Select(p => p.Identity)];
    }

    /// <summary>Kills until nothing lives. Says whether it came to that before the patience ended.</summary>
    public async Task<bool> KillAsync(string computeId, IReadOnlyList<string> groups, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            Cgroups.KillAllIn(groups);
            var living = Of(computeId, groups);
            if (living.Count == 0)
            {
                return true;
            }

            if (clock.GetElapsedTime(started) > patience)
            {
                return false;
            }

            foreach (var process in living)
            {
                Native.Signal(process, Native.SigKill);
            }

            await Task.Delay(Pause, clock, cancellationToken);
        }
    }

    private static void AddDescendants(Dictionary<int, LivingProcess> found, ILookup<int, LivingProcess> byParent)
    {
        var queue = new Queue<int>(found.Keys);
        while (queue.TryDequeue(out var pid))
        {
            foreach (var child in byParent[pid].Where(c => found.TryAdd(c.Identity.Pid, c)))
            {
                queue.Enqueue(child.Identity.Pid);
            }
        }
    }
}
