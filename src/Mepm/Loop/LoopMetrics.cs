using System.Diagnostics.Metrics;
using Mano.Mepm.Instances;

namespace Mano.Mepm.Loop;

/// <summary>What the loop counts.</summary>
internal sealed class LoopMetrics : IDisposable
{
    private readonly Meter meter = new("Mano.Mepm");
    private readonly Counter<long> actions;

    public LoopMetrics(InstanceBook book)
    {
        actions = meter.CreateCounter<long>("mano_mepm_actions", description: "Actions for instances, by kind and outcome.");
        meter.CreateObservableGauge("mano_mepm_instances", () => Phases(book), description: "Instances at this site, by phase.");
    }

    public void Acted(string action, string outcome) =>
        actions.Add(1, new KeyValuePair<string, object?>("action", action), new KeyValuePair<string, object?>("outcome", outcome));

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Phases(InstanceBook book) => book.All()
        .GroupBy(v => v.Status.Phase)
        .Select(g => new Measurement<long>(g.Count(), new KeyValuePair<string, object?>("phase", g.Key.ToString())));
}
