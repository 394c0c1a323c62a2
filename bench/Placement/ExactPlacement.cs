using Mano.Meo.Placement;

namespace Mano.Bench.Placement;

/// <summary>
/// The best that can be done with all requests known beforehand: which to place, and where, so that the sum of their values is largest.
/// Branch and bound over the requests, the largest first; exact for the dozen requests and the few hosts of the bench.
/// </summary>
internal sealed class ExactPlacement
{
    private readonly ResourceAmount[] needs;
    private readonly ResourceAmount[] free;
    private readonly double[][] values;
    private readonly double[] mostLeft;
    private double best;

    /// <param name="needs">What each request takes.</param>
    /// <param name="free">What each host has.</param>
    /// <param name="value">Of request i on host h; below zero: it may not go there.</param>
    public ExactPlacement(IReadOnlyList<ResourceAmount> needs, IReadOnlyList<ResourceAmount> free, Func<int, int, double> value)
    {
        var order = Enumerable.Range(0, needs.Count).OrderByDescending(i => needs[i].MilliCpu + (needs[i].MemoryMib / 4)).ToArray();
        this.needs = [.. order.Select(i => needs[i])];
        this.free = [.. free];
        values = [.. order.Select(i => Enumerable.Range(0, free.Count).Select(h => value(i, h)).ToArray())];
        mostLeft = new double[needs.Count + 1];
        for (var i = needs.Count - 1; i >= 0; i--)
        {
            mostLeft[i] = mostLeft[i + 1] + Math.Max(0, values[i].Max());
        }
    }

    public double Best()
    {
        Place(0, 0);
        return best;
    }

    private void Place(int at, double value)
    {
        best = Math.Max(best, value);
        if (at == needs.Length || value + Most(at) <= best + 1e-9)
        {
            return;
        }

        for (var host = 0; host < free.Length; host++)
        {
            if (values[at][host] >= 0 && needs[at].FitsIn(free[host]) && !IsLikeAnEarlier(at, host))
            {
                free[host] -= needs[at];
                Place(at + 1, value + values[at][host]);
                free[host] += needs[at];
            }
        }

        Place(at + 1, value);
    }

    /// <summary>At most what the requests left can add: all of their best values, or as many of them as fit if hosts were one.</summary>
    private double Most(int at)
    {
        var (cpu, memory) = (free.Sum(f => f.MilliCpu), free.Sum(f => f.MemoryMib));
        var left = Enumerable.Range(at, needs.Length - at).ToArray();
        var byCpu = Fill(left.Select(i => (needs[i].MilliCpu, values[i].Max())), cpu);
        var byMemory = Fill(left.Select(i => (needs[i].MemoryMib, values[i].Max())), memory);
        return Math.Min(mostLeft[at], Math.Min(byCpu, byMemory));
    }

    /// <summary>The fractional knapsack, which no choice of whole ones beats.</summary>
    private static double Fill(IEnumerable<(long Need, double Value)> requests, long room)
    {
        var sum = 0.0;
        foreach (var (need, value) in requests.Where(r => r.Value > 0).OrderByDescending(r => r.Value / Math.Max(1, r.Need)))
        {
            if (need > room)
            {
                return sum + (value * room / need);
            }

            room -= need;
            sum += value;
        }

        return sum;
    }

    private bool IsLikeAnEarlier(int at, int host)
    {
        for (var other = 0; other < host; other++)
        {
            if (free[other] == free[host] && values.Skip(at).All(v => v[other] == v[host]))
            {
                return true;
            }
        }

        return false;
    }
}
