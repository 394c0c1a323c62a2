using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Microsoft.Extensions.Hosting;

namespace Mano.Mepm.Loop;

/// <summary>Turns the reconciler's runs into a loop: on what is accepted, on what the links notice, and on a timer.</summary>
internal sealed class InstanceLoop : BackgroundService
{
    private readonly InstanceBook book;
    private readonly SiteSignals signals;
    private readonly WorkQueue queue;

    public InstanceLoop(InstanceBook book, SiteSignals signals, InstanceReconciler reconciler, LoopOptions options, TimeProvider clock)
    {
        this.book = book;
        this.signals = signals;
        queue = new(reconciler.Run, options.Parallelism, clock, reconciler.HasNews);
        signals.Instance += Signal;
        signals.Watched += SignalIfNews;
        signals.Host += SignalHost;
    }

    /// <summary>Whether nothing runs and nothing waits to run now.</summary>
    public bool IsIdle => queue.IsIdle;

    public void Signal(string appInstanceId)
    {
        // What others have at the same VIM or platform is none of our business.
        if (book.Find(appInstanceId) is not null)
        {
            queue.Signal(appInstanceId);
        }
    }

    public override void Dispose()
    {
        signals.Instance -= Signal;
        signals.Watched -= SignalIfNews;
        signals.Host -= SignalHost;
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (var view in book.All())
        {
            queue.Signal(view.Record.AppInstanceId);
        }

        return queue.Work(stoppingToken);
    }

    private void SignalIfNews(string appInstanceId)
    {
        if (book.Find(appInstanceId) is not null)
        {
            queue.SignalIfNews(appInstanceId);
        }
    }

    private void SignalHost(string hostId)
    {
        foreach (var view in book.All().Where(v => v.Record.Desired.HostId == hostId))
        {
            queue.Signal(view.Record.AppInstanceId);
        }
    }
}
