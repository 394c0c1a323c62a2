using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Server;

/// <summary>The deadline of one call that has one: when it is, who is told, and that its answer is out.</summary>
internal sealed class ServerDeadline
{
    private CancellationTokenSource? _cancel;
    private ITimer? _timer;
    private TaskCompletionSource? _answered;

    public ServerDeadline(TimeSpan timeout)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        At = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
    }

    public DateTime At { get; }

    /// <summary>Whether this side watches it; one that is farther than a timer goes is the caller's business alone.</summary>
    public bool IsTimed => _timer is not null;

    /// <summary>Cancelled when the caller goes, and when the deadline has been answered; null: it is not watched.</summary>
    public CancellationToken? CancellationToken => _cancel?.Token;

    /// <summary>Done when the caller has got its status; asked for only where the deadline has ended the call.</summary>
    public Task Answered => _answered!.Task;

    public void Start(TimeSpan timeout, HttpServerCallContext call)
    {
        if (timeout < CallTimeout.LongestTimer)
        {
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(call.HttpContext.RequestAborted);
            _timer = TimeProvider.System.CreateTimer(
                static call => ((HttpServerCallContext)call!).PassDeadline(), call, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>To be called before the deadline claims the end: who sees the claim may ask for <see cref="Answered"/>.</summary>
    public void Pass() => _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Stop() => _timer?.Dispose();

    /// <summary>Tells the handler, then whoever waits for the answer.</summary>
    public async Task AnswerAsync()
    {
        try
        {
            await _cancel!.CancelAsync();
        }
        finally
        {
            _answered!.SetResult();
        }
    }
}
