using System.Diagnostics.Metrics;
using Mano.Mesh.Telemetry;

namespace Mano.Mesh.Tests.Hosting;

public class PrometheusTextTests
{
    [Fact]
    public void Renders_counters_gauges_and_histograms_with_their_labels()
    {
        using var metrics = new PrometheusText();
        using var meter = new Meter("Mano.Tests");
        var counter = meter.CreateCounter<long>("mano.tests.calls", description: "calls seen");
        var histogram = meter.CreateHistogram<double>("mano.tests.seconds");
        meter.CreateObservableGauge("mano.tests.level", () => 7);

        counter.Add(2, new KeyValuePair<string, object?>("site.id", "edge-\"a\""));
        counter.Add(3, new KeyValuePair<string, object?>("site.id", "edge-\"a\""));
        histogram.Record(0.5);
        histogram.Record(1.0);

        var text = metrics.Render();
        Assert.Contains("# HELP mano_tests_calls calls seen\n# TYPE mano_tests_calls counter\nmano_tests_calls{site_id=\"edge-\\\"a\\\"\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("mano_tests_seconds_count 2\nmano_tests_seconds_sum 1.5\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE mano_tests_level gauge\nmano_tests_level 7\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_may_come_while_all_are_rendered()
    {
        using var metrics = new PrometheusText();
        using var meter = new Meter("Mano.Tests.Coming");
        var counter = meter.CreateCounter<long>("coming_calls");
        var coming = Task.Run(() =>
        {
            for (var i = 0; i < 1_500; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("caller", i));
            }
        });
        while (!coming.IsCompleted)
        {
            metrics.Render();
        }

        await coming;
        Assert.Contains("coming_calls{caller=\"1499\"} 1\n", metrics.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void Ignores_meters_that_are_not_ours()
    {
        using var metrics = new PrometheusText();
        using var meter = new Meter("Foreign");
        meter.CreateCounter<long>("foreign.calls").Add(1);
        Assert.DoesNotContain("foreign", metrics.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_observable_instrument_does_not_tell_any_more_is_not_shown_any_more()
    {
        using var prometheus = new PrometheusText();
        using var meter = new Meter("Mano.Tests.Gone");
        var rules = new List<string> { "r1", "r2" };
        meter.CreateObservableCounter("gone_rules_total", () => rules.Select(r => new Measurement<long>(1, new KeyValuePair<string, object?>("rule", r))));
        var counter = meter.CreateCounter<long>("gone_calls_total");
        counter.Add(1);
        Assert.Contains("rule=\"r2\"", prometheus.Render(), StringComparison.Ordinal);

        rules.Remove("r2");
        var text = prometheus.Render();
        Assert.DoesNotContain("rule=\"r2\"", text, StringComparison.Ordinal);
        Assert.Contains("rule=\"r1\"", text, StringComparison.Ordinal);
        Assert.Contains("gone_calls_total 1", text, StringComparison.Ordinal);
    }
}
