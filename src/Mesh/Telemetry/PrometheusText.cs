using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Mano.Mesh.Telemetry;

/// <summary>
/// Collects the instruments of every meter named <c>Mano.*</c> and renders them in Prometheus' text format 0.0.4.
/// Counters and up-down counters are summed, gauges keep their last value, histograms give <c>_count</c> and <c>_sum</c>.
/// (The Prometheus exporter of OpenTelemetry has no stable release; this is the part of it that we need.)
/// </summary>
public sealed class PrometheusText : IDisposable
{
    /// <summary>More label combinations than this for one instrument are a defect of ours; the rest is dropped, so that a label cannot eat the memory.</summary>
    private const int MaxSeries = 2_000;

    private readonly Lock rendering = new();
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> instruments = new();

    public PrometheusText()
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name.StartsWith("Mano.", StringComparison.Ordinal))
            {
                instruments.TryAdd(instrument, new ConcurrentDictionary<string, Series>(StringComparer.Ordinal));
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Record(i, v, tags));
        listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Record(i, v, tags));
        listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Record(i, v, tags));
        listener.Start();
    }

    /// <summary>All series, instruments ordered by name.</summary>
    public string Render()
    {
        lock (rendering)
        {
            // What an observable instrument does not tell any more, is not any more: a removed rule must not be shown for ever.
            foreach (var (_, series) in instruments.Where(i => i.Key.IsObservable))
            {
                series.Clear();
            }

            listener.RecordObservableInstruments();
            return RenderAll();
        }
    }

    public void Dispose() => listener.Dispose();

    private string RenderAll()
    {
        var text = new StringBuilder();
        // Snapshots first: sorting copies by a count that a series which comes meanwhile makes wrong.
        foreach (var (instrument, series) in instruments.ToArray().OrderBy(i => i.Key.Name, StringComparer.Ordinal))
        {
            var name = instrument.Name.Replace('.', '_').Replace('-', '_');
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {TypeOf(instrument)}\n");
            foreach (var (labels, value) in series.ToArray().OrderBy(s => s.Key, StringComparer.Ordinal))
            {
                AppendSeries(text, name, labels, value, IsHistogram(instrument));
            }
        }

        return text.ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!instruments.TryGetValue(instrument, out var all))
        {
            return;
        }

        // Every call of every process comes here: a series that is known costs no text.
        var labels = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        WriteLabels(ref labels, tags);
        if (!all.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(labels.Text, out var series))
        {
            if (all.Count >= MaxSeries)
            {
                labels.Clear();
                return;
            }

            series = all.GetOrAdd(labels.Text.ToString(), _ => new Series());
        }

        labels.Clear();

        series.Record(value, keepsLast: instrument.IsObservable || instrument is Gauge<long> or Gauge<double> or Gauge<int>);
    }

    private static void AppendSeries(StringBuilder text, string name, string labels, Series series, bool histogram)
    {
        var (sum, count) = series.Read();
        if (histogram)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}_count{labels} {count}\n{name}_sum{labels} {sum}\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {sum}\n");
        }
    }

    private static bool IsHistogram(Instrument instrument) => instrument is Histogram<double> or Histogram<long> or Histogram<int>;

    private static string TypeOf(Instrument instrument) => instrument switch
    {
        Counter<long> or Counter<int> or Counter<double> or ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => "counter",
        _ when IsHistogram(instrument) => "summary",
        _ => "gauge",
    };

    private static void WriteLabels(ref DefaultInterpolatedStringHandler text, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var separator = "{";
        foreach (var (key, value) in tags)
        {
            var escaped = (value?.ToString() ?? "").Replace("\\", @"\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.AppendLiteral(separator);
            text.AppendLiteral(key.Replace('.', '_'));
            text.AppendLiteral("=\"");
            text.AppendLiteral(escaped);
            text.AppendLiteral("\"");
            separator = ",";
        }

        text.AppendLiteral(tags.Length > 0 ? "}" : "");
    }

    private sealed class Series
    {
        private readonly Lock gate = new();
        private double sum;
        private long count;

        public void Record(double value, bool keepsLast)
        {
            lock (gate)
            {
                sum = keepsLast ? value : sum + value;
                count++;
            }
        }

        public (double Sum, long Count) Read()
        {
            lock (gate)
            {
                return (sum, count);
            }
        }
    }
}
