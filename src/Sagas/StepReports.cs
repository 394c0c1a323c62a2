namespace Mano.Sagas;

/// <summary>
/// Stores what a running step reports. The newest note is written a moment after it was reported, so that a quick step writes
/// none, and a talkative one not more than a few in a second.
/// </summary>
internal sealed class StepReports(OperationJournal journal, TimeProvider clock, int step, CancellationToken stop)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private (string Note, int? Percent)? newest;
    private (string Note, int? Percent)? stored;
    private Task pump = Task.CompletedTask;
    private bool pumping;
    private CancellationTokenSource? ended;
    private bool closed;

    public void Report(string note, int? percent)
    {
        lock (gate)
        {
            newest = (note, percent);
            if (!closed && newest != stored && !pumping)
            {
                pumping = true;
                ended ??= CancellationTokenSource.CreateLinkedTokenSource(stop);
                pump = Pump(ended.Token);
            }
        }
    }

    /// <summary>The step has returned: no note is written any more, once this has completed.</summary>
    public async Task End()
    {
        lock (gate)
        {
            closed = true;
        }

        if (ended is not null)
        {
            await ended.CancelAsync();
            await pump;
            ended.Dispose();
        }
    }

    private async Task Pump(CancellationToken end)
    {
        while (true)
        {
            await Task.Delay(Moment, clock, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (string Note, int? Percent) next;
            lock (gate)
            {
                if (closed || end.IsCancellationRequested || newest == stored)
                {
                    pumping = false;
                    return;
                }

                next = newest!.Value;
            }

            await journal.Commit(Moves.Note(journal.Record, step, next.Note, next.Percent, failure: null, attempts: 0), together: null, stop);
            lock (gate)
            {
                stored = next;
            }
        }
    }
}
