namespace Mano.Cli.Simulate;

/// <summary>Counts how operations end and how long they take.</summary>
internal sealed class OperationTally
{
    private readonly Lock gate = new();
    private readonly List<double> milliseconds = [];
    private readonly SortedDictionary<string, int> reasons = new(StringComparer.Ordinal);

    public int Completed { get; private set; }

    public int Failed { get; private set; }

    public int Refused { get; private set; }

    public int Unfinished { get; private set; }

    public int All => Completed + Failed + Refused + Unfinished;

    public void Ended(OperationEnd end, string reason, TimeSpan took)
    {
        lock (gate)
        {
            (Completed, Failed, Refused, Unfinished) = end switch
            {
                OperationEnd.Completed => (Completed + 1, Failed, Refused, Unfinished),
                OperationEnd.Failed => (Completed, Failed + 1, Refused, Unfinished),
                OperationEnd.Refused => (Completed, Failed, Refused + 1, Unfinished),
                _ => (Completed, Failed, Refused, Unfinished + 1),
            };
            if (end == OperationEnd.Completed)
            {
                milliseconds.Add(took.TotalMilliseconds);
            }
            else
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            }
        }
    }

    /// <param name="seconds">Over which it counted.</param>
    public OperationSummary Summary(double seconds)
    {
        lock (gate)
        {
            var sorted = milliseconds.Order().ToArray();
            return new(
                Completed, Failed, Refused, Unfinished, seconds > 0 ? Math.Round(Completed / seconds, 1) : 0, new Dictionary<string, int>(reasons),
                Quantile(sorted, 0.5), Quantile(sorted, 0.9), Quantile(sorted, 0.99), Quantile(sorted, 1));
        }
    }

    private static double? Quantile(double[] sorted, double quantile) =>
        sorted.Length == 0 ? null : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))], 1);
}

/// <summary>How an operation ended, as its caller saw it.</summary>
internal enum OperationEnd
{
    Completed,

    /// <summary>Accepted and undone, or given up.</summary>
    Failed,

    /// <summary>Not accepted.</summary>
    Refused,

    /// <summary>Not seen to end in time.</summary>
    Unfinished,
}
