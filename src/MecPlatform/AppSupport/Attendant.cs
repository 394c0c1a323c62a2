using System.Collections.Concurrent;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>
/// Does for an instance what takes time: probes, notifies, waits for a deadline, tries again. One piece of work an
/// instance; what it is follows from the record alone, so that after a restart the same work is taken up.
/// </summary>
internal sealed class Attendant(
    ReadinessProbe probe, TerminationNotifier notifier, AppSupportOptions options, TimeProvider clock, ILogger<Attendant> log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Work> works = [];

    public bool SomebodyListens(ApplicationRecord record) => notifier.SomebodyListens(record);

    /// <summary>Starts the work that the record asks for, unless it is under way; stops any other. Called in the instance's turn.</summary>
    public void Attend(ApplicationRecord record, Applications applications)
    {
        var wanted = WorkFor(record);
        if (works.TryGetValue(record.AppInstanceId, out var present) && present.Key == wanted && !present.Running.IsCompleted)
        {
            return;
        }

        Leave(record.AppInstanceId);
        if (wanted.Length > 0)
        {
            var stop = new CancellationTokenSource();
            works[record.AppInstanceId] = new(wanted, stop, Task.Run(() => Do(wanted, record, applications, stop.Token)));
        }
    }

    /// <summary>Stops the instance's work.</summary>
    public void Leave(string appInstanceId)
    {
        if (works.TryRemove(appInstanceId, out var work))
        {
            work.Stop.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (id, work) in works)
        {
            Leave(id);
            await work.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            work.Stop.Dispose();
        }
    }

    /// <summary>Names the work: the same name, the same work.</summary>
    private static string WorkFor(ApplicationRecord record) => record switch
    {
        { Phase: Phase.AwaitingReady or Phase.Failed, Ready: false, Configuration: { SupportsMp1: false, ReadinessPort: > 0 and var port } } =>
            $"probe {record.Endpoint!.Address} {port} {record.Incarnation}",
        { Phase: Phase.Failed, Ready: true } => "retry",
        { Phase: Phase.Draining } => $"drain {record.Drain!.StartedAt:O}",
        _ => string.Empty,
    };

    private async Task Do(string work, ApplicationRecord record, Applications applications, CancellationToken stop)
    {
        try
        {
            await (record.Phase switch
            {
                Phase.Draining => Drain(record, applications, stop),
                Phase.Failed when record.Ready => Retry(record, applications, stop),
                _ => Probe(record, applications, stop),
            });
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the instance has changed
        }
        catch (FailureException gone) when (gone.Failure.Kind == FailureKind.NotFound)
        {
            // the instance was removed in this moment
        }
        catch (Exception fault)
        {
            AppSupportLog.AttendingFailed(log, record.AppInstanceId, work, fault);
        }
    }

    private async Task Probe(ApplicationRecord record, Applications applications, CancellationToken stop)
    {
        var delay = options.ProbeFirstDelay;
        for (var attempt = 1; ; attempt++)
        {
            var refused = await probe.Try(record.Endpoint!.Address, record.Configuration.ReadinessPort, stop);
            if (refused is null)
            {
                await applications.Happened(record.AppInstanceId, now => IsSame(now, record) ? Moves.Ready(now, clock.GetUtcNow()) : now, stop);
                return;
            }

            if (attempt == options.ProbeAttempts)
            {
                var why = Failure.Unavailable(
                    "READINESS_PROBE_FAILED",
                    $"Port {record.Configuration.ReadinessPort} of {record.Endpoint.Address} accepted no connection in {attempt} attempts ({refused}); probing goes on.",
                    record.Subject);
                await applications.Happened(record.AppInstanceId, now => IsSame(now, record) ? Moves.NotReady(now, why, clock.GetUtcNow()) : now, stop);
            }

            await Task.Delay(delay, clock, stop);
            delay = delay * 2 < options.ProbeMaxDelay ? delay * 2 : options.ProbeMaxDelay;
        }
    }

    private async Task Retry(ApplicationRecord record, Applications applications, CancellationToken stop)
    {
        await Task.Delay(options.RetryDelay, clock, stop);
        await applications.Happened(record.AppInstanceId, now => Moves.Retried(now, clock.GetUtcNow()), CancellationToken.None);
    }

    private async Task Drain(ApplicationRecord record, Applications applications, CancellationToken stop)
    {
        var drain = record.Drain!;
        var left = drain.Deadline - clock.GetUtcNow();
        if (!drain.Announced && left > TimeSpan.Zero)
        {
            using var deadline = new CancellationTokenSource(left, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
            var reached = await notifier.Notify(record, left, either.Token);
            await applications.Happened(record.AppInstanceId, now => DrainMoves.Announced(now, drain.StartedAt, reached, clock.GetUtcNow()), stop);
        }

        left = drain.Deadline - clock.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, clock, stop);
        }

        await applications.Happened(record.AppInstanceId, now => now.Drain?.StartedAt == drain.StartedAt ? DrainMoves.Expired(now) : now, stop);
    }

    private static bool IsSame(ApplicationRecord now, ApplicationRecord then) =>
        now.Incarnation == then.Incarnation && now.Phase is Phase.AwaitingReady or Phase.Failed;

    private sealed record Work(string Key, CancellationTokenSource Stop, Task Running);
}
