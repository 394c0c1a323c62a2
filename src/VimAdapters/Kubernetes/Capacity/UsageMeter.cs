using System.Collections.Concurrent;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Kubernetes.Api;
using Mano.VimAdapters.Kubernetes.Connection;

namespace Mano.VimAdapters.Kubernetes.Capacity;

/// <summary>
/// What pods have used, by metrics.k8s.io. That tells how much CPU a pod takes on average, not how much it has taken: the
/// averages are summed up from the first time a pod is looked at, so that what is told is less than the truth, and never falls.
/// </summary>
internal sealed class UsageMeter(KubernetesParts parts)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, decimal Seconds)> sums = new();

    /// <summary>What the pods have used together; nothing where none is measured.</summary>
    public async Task<ComputeStatistics> ReadAsync(IReadOnlyList<KubePod> pods, CancellationToken cancellationToken)
    {
        var (now, cpu, memory, isMeasured) = (parts.Clock.GetUtcNow(), 0m, 0m, false);
        foreach (var pod in pods.Where(p => p.Status?.Phase == "Running"))
        {
            if (await MeasuredAsync(pod, cancellationToken) is { Timestamp: { } at } measured)
            {
                isMeasured = true;
                cpu += Summed(pod.Metadata.Uid, at, measured);
                memory += (measured.Containers ?? []).Sum(c => Quantity.Of(c.Usage, "memory"));
            }
        }

        return isMeasured ? new(now, (long)(cpu * 1_000_000_000), (long)memory) : new(now);
    }

    private decimal Summed(string uid, DateTimeOffset at, KubePodMetrics measured)
    {
        var rate = (measured.Containers ?? []).Sum(c => Quantity.Of(c.Usage, "cpu"));
        var window = (decimal)WindowOf(measured.Window).TotalSeconds;
        return sums.AddOrUpdate(uid, _ => (at, rate * window), (_, before) => at > before.At ? (at, before.Seconds + (rate * (decimal)(at - before.At).TotalSeconds)) : before).Seconds;
    }

    private async Task<KubePodMetrics?> MeasuredAsync(KubePod pod, CancellationToken cancellationToken)
    {
        try
        {
            // Not measured yet is 404, and so is a pod that has just ended.
            return await parts.Api.FindAsync(ResourceKind.PodMetrics, pod.Metadata.Namespace, pod.Metadata.Name, KubeJson.Default.KubePodMetrics, cancellationToken);
        }
        catch (ApiRefusedException e) when (e.Status is System.Net.HttpStatusCode.ServiceUnavailable)
        {
            return null;
        }
    }

    // A Go duration: 30s, 1m2.5s.
    private static TimeSpan WindowOf(string? text)
    {
        var (sum, number) = (TimeSpan.Zero, "");
        foreach (var c in text ?? "")
        {
            if (char.IsAsciiDigit(c) || c == '.')
            {
                number += c;
                continue;
            }

            _ = double.TryParse(number, System.Globalization.CultureInfo.InvariantCulture, out var amount);
            (sum, number) = (sum + (c switch { 'h' => TimeSpan.FromHours(amount), 'm' => TimeSpan.FromMinutes(amount), 's' => TimeSpan.FromSeconds(amount), _ => TimeSpan.Zero }), "");
        }

        return sum;
    }
}
