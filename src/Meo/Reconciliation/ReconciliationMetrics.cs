using System.Diagnostics.Metrics;
using Mano.Meo.Inventory;

namespace Mano.Meo.Reconciliation;

/// <summary>What comparing intent with sites counts.</summary>
internal sealed class ReconciliationMetrics : IDisposable
{
    private static readonly Meter Counters = new("Mano.Meo");

    private static readonly Counter<long> PaidCounter =
        Counters.CreateCounter<long>("mano_debts_paid", description: "Instances that a site had to remove and has removed, by site and reason.");

    private readonly Meter meter = new("Mano.Meo");

    public ReconciliationMetrics(Fleet fleet)
    {
        meter.CreateObservableGauge(
            "mano_debts",
            () => fleet.DebtsBySite().Select(s => new Measurement<long>(s.Count, new KeyValuePair<string, object?>("site", s.SiteId))),
            description: "Instances that a site must still remove, by site.");
    }

    public static void Paid(Debt debt) => PaidCounter.Add(1, new("site", debt.SiteId), new("reason", debt.Reason));

    public void Dispose() => meter.Dispose();
}
