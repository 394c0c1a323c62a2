using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Findings;

/// <summary>
/// What was found to be other than desired, and what was done. In memory: what is still wrong after a restart is found
/// again. Each finding is logged when it is new or something else is done about it.
/// </summary>
internal sealed class FindingBook : IDisposable
{
    private const int Most = 1000;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private readonly Lock gate = new();
    private readonly Dictionary<FindingKey, Finding> findings = [];
    private readonly Dictionary<string, (DateTimeOffset At, string Message)> comparisons = new(StringComparer.Ordinal);
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Meter meter = new("Mano.Mepm");
    private readonly Counter<long> total;

    public FindingBook(TimeProvider clock, ILogger<FindingBook> logger)
    {
        (this.clock, this.logger) = (clock, logger);
        total = meter.CreateCounter<long>("mano_mepm_findings_total", description: "Things found other than desired, by subject, kind and what was done.");
        meter.CreateObservableGauge("mano_mepm_findings_open", Open, description: "Things that are other than desired now, by host, subject and kind.");
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Finding> List(bool openOnly)
    {
        lock (gate)
        {
            return [.. findings.Values.Where(f => !openOnly || f.ResolvedAt is null).OrderByDescending(f => f.FoundAt)];
        }
    }

    /// <summary>When the last comparison of each host began, and why nothing is done about what was found; empty: something is.</summary>
    public IReadOnlyDictionary<string, (DateTimeOffset At, string Message)> Comparisons
    {
        get
        {
            lock (gate)
            {
                return new Dictionary<string, (DateTimeOffset At, string Message)>(comparisons);
            }
        }
    }

    public void Compared(string hostId, DateTimeOffset began, string message)
    {
        lock (gate)
        {
            comparisons[hostId] = (began, message);
        }
    }

    /// <summary>It was found, and that was done. What is right again at once, because it was done, says so.</summary>
    public void Note(FindingKey key, FindingAction action, string message, bool resolved = false)
    {
        var now = clock.GetUtcNow();
        bool news;
        lock (gate)
        {
            var before = findings.GetValueOrDefault(key);
            var goesOn = before is { ResolvedAt: null };
            news = !goesOn || before!.Action != action;
            findings[key] = new(key, action, message, goesOn ? before!.FoundAt : now)
            {
                ResolvedAt = resolved ? now : null, Times = goesOn ? before!.Times : (before?.Times ?? 0) + 1,
            };
            Trim(now);
        }

        if (news)
        {
            total.Add(1, new("subject", key.Subject.ToString()), new("kind", key.Kind.ToString()), new KeyValuePair<string, object?>("action", action.ToString()));
            Log.Found(logger, key.Kind, key.Subject, key.Id, key.HostId, action, message);
        }
    }

    /// <summary>It is as it should be again.</summary>
    public void Resolve(FindingKey key)
    {
        lock (gate)
        {
            if (findings.TryGetValue(key, out var finding) && finding.ResolvedAt is null)
            {
                findings[key] = finding with { ResolvedAt = clock.GetUtcNow() };
            }
        }
    }

    /// <summary>The instance is as desired: whatever was lost or changed of it is right again.</summary>
    public void ResolveInstance(string hostId, string appInstanceId)
    {
        foreach (var subject in (ReadOnlySpan<FindingSubject>)[FindingSubject.Compute, FindingSubject.Application])
        {
            Resolve(new(hostId, subject, appInstanceId, FindingKind.Lost));
            Resolve(new(hostId, subject, appInstanceId, FindingKind.Changed));
        }
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<long>> Open()
    {
        lock (gate)
        {
            return [.. findings.Values.Where(f => f.ResolvedAt is null)
                .CountBy(f => (f.Key.HostId, f.Key.Subject, f.Key.Kind))
                .Select(g => new Measurement<long>(
                    g.Value, new("host", g.Key.HostId), new("subject", g.Key.Subject.ToString()), new KeyValuePair<string, object?>("kind", g.Key.Kind.ToString())))];
        }
    }

    private void Trim(DateTimeOffset now)
    {
        if (findings.Count <= Most && !findings.Values.Any(f => f.ResolvedAt < now - Kept))
        {
            return;
        }

        foreach (var old in findings.Values.Where(f => f.ResolvedAt < now - Kept).ToArray())
        {
            findings.Remove(old.Key);
        }

        // What is wrong now is worth more than what was.
        foreach (var surplus in findings.Values.OrderBy(f => f.ResolvedAt is null).ThenBy(f => f.FoundAt).Take(findings.Count - Most).ToArray())
        {
            findings.Remove(surplus.Key);
        }
    }
}

internal static partial class Log
{
    [LoggerMessage(4210, LogLevel.Warning, "{Kind} {Subject} {Id} on host {HostId}: {Action}. {Message}")]
    public static partial void Found(ILogger logger, FindingKind kind, FindingSubject subject, string id, string hostId, FindingAction action, string message);
}
