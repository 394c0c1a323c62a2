namespace Mano.Chaos.History;

/// <summary>
/// Verifies a history without the system: that every instance's fits the state machine in real time, that a key never
/// gave two operations nor an operation two keys, that no host was ever promised or filled beyond what it has, and that
/// no compute was made more often than somebody asked for it.
/// </summary>
internal static class HistoryChecker
{
    public static IReadOnlyList<Violation> Check(IReadOnlyList<HistoryEvent> history) =>
    [
        .. history.Where(e => e.Instance.Length > 0 && e.Said is not (Said.Compute or Said.Sample)).GroupBy(e => e.Instance)
            .SelectMany(instance => CheckInstance(instance.Key, [.. instance])),
        .. CheckKeys(history),
        .. CheckCapacity(history),
        .. CheckComputes(history),
    ];

    private static IEnumerable<Violation> CheckInstance(string instance, IReadOnlyList<HistoryEvent> lines)
    {
        var (happenings, violations) = InstanceHistory.Of(instance, lines);
        foreach (var violation in violations)
        {
            yield return violation;
        }

        var search = new InstanceSearch([.. happenings.OrderBy(h => h.From)]);
        if (!search.FindsAnOrder())
        {
            yield return new("ORDER", $"No order of what was acknowledged fits the state machine: {search.Stuck}", instance);
        }
    }

    private static IEnumerable<Violation> CheckKeys(IReadOnlyList<HistoryEvent> history)
    {
        var answered = history.Where(e => e is { Said: Said.Ok, Key: not null, Operation: not null }).ToList();
        foreach (var key in answered.GroupBy(e => e.Key))
        {
            var operations = key.Select(e => e.Operation).Distinct().ToList();
            if (operations.Count > 1)
            {
                yield return new("KEY_TWICE", $"Key {key.Key} gave operations {string.Join(" and ", operations)}.", key.First().Instance);
            }
        }

        foreach (var operation in answered.GroupBy(e => e.Operation))
        {
            var keys = operation.Select(e => e.Key).Distinct().ToList();
            if (keys.Count > 1)
            {
                yield return new("OPERATION_SHARED", $"Operation {operation.Key} was given to keys {string.Join(" and ", keys)}.", operation.First().Instance);
            }
        }

        foreach (var refused in history.Where(e => e is { Said: Said.Fail, Replay: true }))
        {
            yield return new("KEY_FORGOTTEN", $"Key {refused.Key} was acknowledged, and refused when repeated: {refused.Reason}.", refused.Instance);
        }
    }

    private static IEnumerable<Violation> CheckCapacity(IReadOnlyList<HistoryEvent> history)
    {
        foreach (var sample in history.Where(e => e.Said == Said.Sample && e.MilliCpu > e.TotalMilliCpu))
        {
            yield return new("OVER_PROMISED", $"Host {sample.Host} had {sample.TotalMilliCpu} mCPU and {sample.MilliCpu} were held at {sample.At / 1e6:0.000} s.");
        }

        var there = new Dictionary<(string Host, string Instance), long>();
        foreach (var change in history.Where(e => e.Said == Said.Compute))
        {
            there[(change.Host!, change.Instance)] = change.MilliCpu;
            var used = there.Where(c => c.Key.Host == change.Host).Sum(c => c.Value);
            if (used > change.TotalMilliCpu)
            {
                yield return new("OVER_CAPACITY", $"Host {change.Host} has {change.TotalMilliCpu} mCPU and {used} were taken at {change.At / 1e6:0.000} s.", change.Instance);
            }
        }
    }

    private static IEnumerable<Violation> CheckComputes(IReadOnlyList<HistoryEvent> history)
    {
        var asked = history.Where(e => e.Verb == Verb.Instantiate && e.Said == Said.Invoke && !e.Replay).ToLookup(e => e.Instance);
        var where = new Dictionary<string, string>();
        foreach (var instance in history.Where(e => e.Said == Said.Compute).OrderBy(e => e.Touched).GroupBy(e => e.Instance))
        {
            var made = instance.Count(e => e.MilliCpu > 0);
            if (made > asked[instance.Key].Count())
            {
                yield return new("MADE_TWICE", $"The VIM made the compute {made} times, and {asked[instance.Key].Count()} instantiations were asked for.", instance.Key);
            }

            foreach (var change in instance)
            {
                var elsewhere = where.GetValueOrDefault(instance.Key);
                if (change.MilliCpu > 0 && elsewhere is not null && elsewhere != change.Host)
                {
                    yield return new("IN_TWO_PLACES", $"A compute on {elsewhere} and one on {change.Host} at {change.At / 1e6:0.000} s.", instance.Key);
                }

                if (change.MilliCpu > 0)
                {
                    where[instance.Key] = change.Host!;
                }
                else if (elsewhere == change.Host)
                {
                    where.Remove(instance.Key);
                }
            }
        }
    }
}
