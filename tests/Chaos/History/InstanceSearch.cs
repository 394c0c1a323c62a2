using System.Collections;

namespace Mano.Chaos.History;

/// <summary>
/// Looks for one order of all happenings that respects real time and the state machine (Wing and Gong's search, with
/// Lowe's memory of what was tried). Reads and refusals are taken as soon as they fit: they stand in nobody's way.
/// </summary>
internal sealed class InstanceSearch(IReadOnlyList<Happening> happenings)
{
    private readonly BitArray done = new(happenings.Count);
    private readonly HashSet<string> tried = [];
    private int furthest = -1;

    /// <summary>At the furthest point that any order reached: the state, and what could not be placed next.</summary>
    public string Stuck { get; private set; } = "";

    public bool FindsAnOrder() => From(InstanceState.Beginning);

    private bool From(InstanceState state)
    {
        var looked = TakeWhatOnlyLooks(state);
        var horizon = Horizon();
        if (horizon is null)
        {
            return true;
        }

        Remember(state, horizon.Value);
        if (tried.Add(Spell(state)))
        {
            for (var i = 0; i < happenings.Count; i++)
            {
                if (!done[i] && happenings[i] is { Changes: { } changes } next && next.From <= horizon && changes(state) is { } after)
                {
                    done[i] = true;
                    if (From(after))
                    {
                        return true;
                    }

                    done[i] = false;
                }
            }
        }

        foreach (var i in looked)
        {
            done[i] = false;
        }

        return false;
    }

    private List<int> TakeWhatOnlyLooks(InstanceState state)
    {
        var taken = new List<int>();
        var again = true;
        while (again)
        {
            again = false;
            var horizon = Horizon() ?? long.MaxValue;
            for (var i = 0; i < happenings.Count; i++)
            {
                if (!done[i] && happenings[i] is { Seen: { } seen } look && look.From <= horizon && seen(state))
                {
                    done[i] = again = true;
                    taken.Add(i);
                }
            }
        }

        return taken;
    }

    /// <summary>By when the next happening must have been; null when nothing is left that must be.</summary>
    private long? Horizon()
    {
        long? horizon = null;
        for (var i = 0; i < happenings.Count; i++)
        {
            if (!done[i] && !happenings[i].Optional && (horizon is null || happenings[i].Until < horizon))
            {
                horizon = happenings[i].Until;
            }
        }

        return horizon;
    }

    private void Remember(InstanceState state, long horizon)
    {
        var count = done.Cast<bool>().Count(b => b);
        if (count > furthest)
        {
            furthest = count;
            var open = happenings.Where((h, i) => !done[i] && h.From <= horizon && !h.Optional);
            Stuck = $"after {count} of {happenings.Count}, state {state}; none of these fits: {string.Join("; ", open)}";
        }
    }

    private string Spell(InstanceState state)
    {
        var bytes = new byte[(done.Length + 7) / 8];
        done.CopyTo(bytes, 0);
        return $"{Convert.ToHexString(bytes)} {state}";
    }
}
