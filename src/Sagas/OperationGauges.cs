using System.Diagnostics.Metrics;

namespace Mano.Sagas;

/// <summary>
/// What is unfinished here, as gauges an alarm can stand on. Of several replicas each shows what it runs; the sum is the whole.
/// Nothing is read from the store for them.
/// </summary>
internal sealed class OperationGauges : IDisposable
{
    private static readonly OperationState[] Unfinished =
        [OperationState.Waiting, OperationState.Running, OperationState.Unwinding, OperationState.NeedsAttention];

    // A deadline is met by a timer, a commit and an undo; on a busy machine that takes its time.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    private readonly Meter meter = new("Mano.Sagas");
    private readonly Func<IReadOnlyList<OperationRecord>> running;
    private readonly SagaOptions options;
    private readonly TimeProvider clock;

    public OperationGauges(Func<IReadOnlyList<OperationRecord>> running, SagaOptions options, TimeProvider clock)
    {
        (this.running, this.options, this.clock) = (running, options, clock);
        meter.CreateObservableGauge(
            "mano_operations_unfinished", ByState, description: "Operations that have not ended, by state; NeedsAttention waits for a person or for its site.");
        meter.CreateObservableGauge(
            "mano_operations_overdue", Overdue, description: "Operations that should have ended by their deadline and the time that undoing has: above 0 something is stuck.");
        meter.CreateObservableGauge(
            "mano_operations_oldest_seconds", Oldest, unit: "s", description: "Age of the oldest operation that has not ended; 0 if there is none.");
    }

    public void Dispose() => meter.Dispose();

    /// <summary>Whether an operation has passed every time that it has. One that needs attention is counted apart.</summary>
    internal static bool IsOverdue(OperationRecord operation, SagaOptions options, DateTimeOffset now) => operation.State switch
    {
        OperationState.Running => now > operation.Deadline + Grace,
        OperationState.Unwinding => now > operation.StateEnteredAt + (options.UndoBudget * operation.Steps.Length) + Grace,

        // It waits for another one to be undone, of which it knows nothing.
        OperationState.Waiting => now > operation.StateEnteredAt + operation.Timeout + (options.UndoBudget * 8) + Grace,
        _ => false,
    };

    private IEnumerable<Measurement<long>> ByState()
    {
        var counts = running().CountBy(operation => operation.State).ToDictionary();
        return Unfinished.Select(state => new Measurement<long>(counts.GetValueOrDefault(state), new KeyValuePair<string, object?>("state", $"{state}")));
    }

    private long Overdue()
    {
        var now = clock.GetUtcNow();
        return running().Count(operation => IsOverdue(operation, options, now));
    }

    private double Oldest()
    {
        var now = clock.GetUtcNow();
        return running().Select(operation => (now - operation.AcceptedAt).TotalSeconds).DefaultIfEmpty(0).Max();
    }
}
