using System.Text;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>Who answered a request.</summary>
internal enum Answerer
{
    Cloud,
    Edge,
    Nobody,
}

/// <summary>How many requests were answered by whom, cloud answers before and after those of the edge apart.</summary>
internal readonly record struct RequestCounts(int CloudBefore, int Edge, int CloudAfter, int Lost)
{
    public int Total => CloudBefore + Edge + CloudAfter + Lost;

    public static RequestCounts operator +(RequestCounts a, RequestCounts b) =>
        new(a.CloudBefore + b.CloudBefore, a.Edge + b.Edge, a.CloudAfter + b.CloudAfter, a.Lost + b.Lost);

    public override string ToString() => FormattableString.Invariant($"{Total:N0} requests: {CloudBefore:N0} cloud, {Edge:N0} edge, {CloudAfter:N0} cloud, {Lost:N0} lost");
}

/// <summary>The answers to one kind of request, as they come.</summary>
/// <param name="kind">"by address".</param>
/// <param name="slice">The time of one sign on the strip.</param>
internal sealed class RequestTally(string kind, TimeSpan slice)
{
    private readonly Lock gate = new();
    private readonly List<Answerer> slices = [];
    private readonly List<string> news = [];
    private readonly List<string> losses = [];
    private readonly HashSet<string> instances = [];
    private RequestCounts counts;
    private Answerer? last;
    private long? lastEdge;

    public string Kind => kind;

    public RequestCounts Counts => Read(() => counts);

    /// <summary>Which instances have answered.</summary>
    public IReadOnlyCollection<string> Instances => Read(() => instances.ToArray());

    /// <summary>When the last request was made that the edge answered.</summary>
    public long? LastEdge => Read(() => lastEdge);

    /// <summary>Why requests were lost, as far as kept.</summary>
    public IReadOnlyList<string> Losses => Read(() => losses.ToArray());

    /// <param name="made">When the request was made, by the clock's timestamps.</param>
    /// <param name="at">The same, as time since the first request.</param>
    /// <param name="who">Who answered.</param>
    /// <param name="detail">Of the edge the instance; of nobody, why.</param>
    public void Count(long made, TimeSpan at, Answerer who, string detail)
    {
        lock (gate)
        {
            counts = who switch
            {
                Answerer.Edge => counts with { Edge = counts.Edge + 1 },
                Answerer.Cloud when counts.Edge == 0 => counts with { CloudBefore = counts.CloudBefore + 1 },
                Answerer.Cloud => counts with { CloudAfter = counts.CloudAfter + 1 },
                _ => counts with { Lost = counts.Lost + 1 },
            };
            Mark((int)(at / slice), who);
            if (who == Answerer.Edge)
            {
                instances.Add(detail);
                lastEdge = Math.Max(lastEdge ?? made, made);
            }
            else if (who == Answerer.Nobody && losses.Count < 5)
            {
                losses.Add($"{kind}, after {at.TotalSeconds:0.0} s: {detail}");
            }

            if (who != last)
            {
                news.Add(FormattableString.Invariant($"{kind}: {(last is { } before ? $"{Spell(before)} → " : "")}{Spell(who)} (request {counts.Total:N0}, after {at.TotalSeconds:0.0} s)"));
                last = who;
            }
        }
    }

    /// <summary>What was not yet told.</summary>
    public IReadOnlyList<string> TakeNews()
    {
        lock (gate)
        {
            string[] taken = [.. news];
            news.Clear();
            return taken;
        }
    }

    /// <summary>The last slices of time, a sign each: c for the cloud, E for the edge, X where a request was lost.</summary>
    public string Strip(int width)
    {
        lock (gate)
        {
            var text = new StringBuilder();
            foreach (var answerer in slices.Skip(Math.Max(0, slices.Count - width)))
            {
                text.Append(answerer switch { Answerer.Cloud => 'c', Answerer.Edge => 'E', _ => 'X' });
            }

            return text.ToString();
        }
    }

    public static string Spell(Answerer who) => who switch { Answerer.Cloud => "cloud", Answerer.Edge => "edge", _ => "lost" };

    /// <summary>In a slice of several answerers the worst is shown, else the later one.</summary>
    private void Mark(int index, Answerer who)
    {
        while (slices.Count < index)
        {
            slices.Add(slices.Count > 0 ? slices[^1] : who);
        }

        if (slices.Count == index)
        {
            slices.Add(who);
        }
        else if (slices[index] != Answerer.Nobody)
        {
            slices[index] = who;
        }
    }

    private T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            return read();
        }
    }
}
