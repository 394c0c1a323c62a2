using System.Diagnostics.Metrics;
using Mano.Meo.Inventory;
using Microsoft.Extensions.Hosting;

namespace Mano.Meo.Reconciliation;

/// <summary>What comparing intent with sites counts.</summary>
internal sealed class ReconciliationMetrics : IHostedService, IDisposable
{
    private static readonly Meter Counters = new("Mano.Meo");

    private static readonly Counter<long> PaidCounter =
        Counters.CreateCounter<long>("mano_debts_paid", description: "Instances that a site had to remove and has removed, by site and reason.");

    private static readonly Counter<long> FoundCounter =
        Counters.CreateCounter<long>("mano_findings", description: "Differences found between what is intended and what sites have, by kind and what was done.");

    private readonly Meter meter = new("Mano.Meo");

    public ReconciliationMetrics(Fleet fleet, Findings findings)
    {
        meter.CreateObservableGauge(
            "mano_findings_open",
            () => findings.OpenByKind().Select(k => new Measurement<long>(k.Count, new KeyValuePair<string, object?>("kind", k.Kind.ToString()))),
            description: "Differences between what is intended and what sites have that are not right again, by kind.");
        meter.CreateObservableGauge(
            "mano_debts",
            () => fleet.DebtsBySite().Select(s => new Measurement<long>(s.Count, new KeyValuePair<string, object?>("site", s.SiteId))),
            description: "Instances that a site must still remove, by site.");
    }

    public static void Paid(Debt debt) => PaidCounter.Add(1, new("site", debt.SiteId), new("reason", debt.Reason));

    public static void Found(Finding finding) => FoundCounter.Add(1, new("kind", finding.Kind.ToString()), new("action", finding.Action));

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => meter.Dispose();
}
