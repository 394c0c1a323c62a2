using System.Diagnostics.Metrics;

namespace Mano.Sagas;

/// <summary>What operations count.</summary>
internal static class SagaMetrics
{
    private static readonly Meter Meter = new("Mano.Sagas");

    private static readonly Counter<long> EndedCounter =
        Meter.CreateCounter<long>("mano_operations_ended", description: "Operations that reached a final state, by name and state.");

    public static void Ended(OperationRecord record)
    {
        if (record.State.IsFinal())
        {
            EndedCounter.Add(1, new("operation", record.Name), new("state", $"{record.State}"));
        }
    }
}
